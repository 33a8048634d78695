import type { CardRecord, RecordPart } from '#contract/customers.ts';

/** The records whose source delivered this part, even if it is empty. */
export function listRecordsWithPart(records: CardRecord[], part: RecordPart): CardRecord[] {
  return records.filter(({ missing }) => missing.every((one) => one.part !== part));
}

/** The records that any of these values come from. */
export function listContributingRecords(
  records: CardRecord[],
  values: readonly { source: string | null }[],
): CardRecord[] {
  return records.filter((record) => values.some(({ source }) => source === record.source.id));
}

export function labelOf(records: CardRecord[], source: string): string {
  return records.find((record) => record.source.id === source)?.source.label ?? source;
}
