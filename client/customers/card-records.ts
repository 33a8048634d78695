import type { CardRecord } from '#contract/customers.ts';

export function labelOf(records: CardRecord[], source: string): string {
  return records.find((record) => record.source.id === source)?.source.label ?? source;
}
