/**
 * What the panel may see of a person. Nothing leaves here that `reveal` is there to guard, nor, before the caller is
 * verified, a sensitive field.
 *
 * Of several records, a value that stands once on the card is the first record's that has one; where another record has
 * another, both are in `differences`, for which of them is right only the agent can ask. Lists are joined.
 */
import type { CardRecord, CustomerCard, HeaderField, MaskedValue } from '#contract/customers.ts';
import type { CustomerRecord } from './customer-source.ts';
import { parsePhone } from './identifiers.ts';
import { createTextMask, maskEmail, maskPhone } from './masking.ts';
import type { MergedCustomer, SourcedRecord } from './merge.ts';
import { hiddenValue, isSensitive, simplifyName } from './sensitive.ts';
import { findOnlyZone, isTimeZone } from './time-zone.ts';

/** A panel of 360 px shows a handful; more than this is a report, not a card. */
const most = { cases: 50, interactions: 50, identifiers: 20, alerts: 10, details: 100 };

const closedStatus = /^\s*(?:closed|resolved|solved|done|completed?|cancell?ed)\s*$/i;

const faceFields = ['name', 'company', 'tier', 'owner', 'language', 'accountNumber', 'timeZone'] as const;

type Recognised = Exclude<HeaderField, 'name' | 'company'> | 'alerts';

/** By `simplifyName`. */
const recognisedAs = new Map<string, Recognised>([
  ['tier', 'tier'],
  ['accountnumber', 'accountNumber'],
  ['language', 'language'],
  ['owner', 'owner'],
  ['timezone', 'timeZone'],
  ['alert', 'alerts'],
  ['alerts', 'alerts'],
  ['flag', 'alerts'],
  ['flags', 'alerts'],
]);

type Reading = {
  source: string;
  record: CustomerRecord;
  face: Partial<Record<HeaderField, string>>;
  alerts: string[];
  details: CustomerCard['details'];
};

export function toCard(person: MergedCustomer, { isVerified = false } = {}): CustomerCard {
  const mask = createTextMask({ phones: person.records.flatMap(({ record }) => record.phones) });
  const readings = person.records.map((one) => readRecord(one, { mask, isVerified }));
  const { name = '', ...face } = pickFirst(readings);
  const zone = face.timeZone ?? findFirst(readings, ({ record }) => findZone(record));
  return {
    id: person.id,
    name,
    ...face,
    ...(zone !== undefined && { timeZone: zone }),
    alerts: [...new Set(readings.flatMap(({ alerts }) => alerts))].slice(0, most.alerts),
    phones: joinValues(readings, ({ phones }) => phones, maskPhone),
    emails: joinValues(readings, ({ emails }) => emails, maskEmail),
    cases: sortCases(readings.flatMap((reading) => listCases(reading, mask))),
    interactions: readings
      .flatMap(({ source, record }) =>
        record.interactions.map(({ at, ...said }) => ({ at, ...mapTexts(said, mask), source })),
      )
      .toSorted((a, b) => b.at - a.at)
      .slice(0, most.interactions),
    details: joinDetails(readings),
    records: person.records.map(toCardRecord),
    mergedBy: person.mergedBy,
    differences: findDifferences(readings),
  };
}

function readRecord(
  { source, record, sensitive }: SourcedRecord,
  { mask, isVerified }: { mask: (text: string) => string; isVerified: boolean },
): Reading {
  const { recognised, details } = sortFields(record.fields);
  const { alerts, ...texts } = recognised;
  const show = (name: string, value: string) => {
    const isHidden = !isVerified && isSensitive(name, sensitive);
    return isHidden ? { value: hiddenValue, isHidden } : { value: mask(value) };
  };
  const face = { name: record.name, ...(record.company !== undefined && { company: record.company }), ...texts };
  return {
    source: source.id,
    record,
    face: Object.fromEntries(Object.entries(face).map(([name, value]) => [name, show(name, value).value])),
    alerts: splitAlerts(alerts).map(mask),
    details: details.map(({ name, value }) => ({ name: mask(name), ...show(name, value), source: source.id })),
  };
}

type Fields = { recognised: Partial<Record<Recognised, string>>; details: { name: string; value: string }[] };

/** The first field of a recognised name is taken; a second one, or a zone nobody can compute with, stays a detail. */
function sortFields(fields: Record<string, string>): Fields {
  const sorted: Fields = { recognised: {}, details: [] };
  for (const [name, written] of Object.entries(fields)) {
    const value = written.trim();
    if (value === '') continue;
    const known = recognisedAs.get(simplifyName(name));
    const isTaken = known !== undefined && sorted.recognised[known] === undefined;
    if (isTaken && (known !== 'timeZone' || isTimeZone(value))) sorted.recognised[known] = value;
    else sorted.details.push({ name, value });
  }
  return sorted;
}

function pickFirst(readings: Reading[]): Partial<Record<HeaderField, string>> {
  const picked = faceFields.flatMap((field) => {
    const value = findFirst(readings, ({ face }) => face[field]);
    return value === undefined ? [] : [[field, value]];
  });
  return Object.fromEntries(picked);
}

function findFirst<Found>(readings: Reading[], read: (reading: Reading) => Found | undefined): Found | undefined {
  for (const reading of readings) {
    const value = read(reading);
    if (value !== undefined) return value;
  }
  return undefined;
}

function findDifferences(readings: Reading[]): CustomerCard['differences'] {
  return faceFields.flatMap((field) => {
    const values = readings.flatMap(({ source, face }) => {
      const value = face[field];
      return value === undefined ? [] : [{ value, source }];
    });
    const fold = field === 'language' ? foldLanguage : foldText;
    return new Set(values.map(({ value }) => fold(value))).size > 1 ? [{ field, values }] : [];
  });
}

/** `en-US` says more than `en`, and nothing else. */
function foldLanguage(tag: string): string {
  return foldText(tag).split(/[-_]/)[0] ?? '';
}

/** The same field with the same value is shown once, as the first source's. */
function joinDetails(readings: Reading[]): CustomerCard['details'] {
  const distinct = new Map<string, CustomerCard['details'][number]>();
  for (const detail of readings.flatMap(({ details }) => details)) {
    const key = `${simplifyName(detail.name)} ${detail.isHidden ? detail.source : ''} ${foldText(detail.value)}`;
    if (!distinct.has(key)) distinct.set(key, detail);
  }
  return [...distinct.values()].slice(0, most.details);
}

function foldText(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
}

function joinValues(
  readings: Reading[],
  listOf: (record: CustomerRecord) => CustomerRecord['phones'],
  mask: (text: string) => string,
): MaskedValue[] {
  const distinct = new Map<string, MaskedValue>();
  for (const { source, record } of readings) {
    for (const { raw, value } of listOf(record)) {
      const key = value ?? raw;
      if (!distinct.has(key)) distinct.set(key, { masked: mask(key), source });
    }
  }
  return [...distinct.values()].slice(0, most.identifiers);
}

/** A case's number stays as it is: the agent reads it out, and it is what the case is found by. */
function listCases({ source, record }: Reading, mask: (text: string) => string): CustomerCard['cases'] {
  return record.cases.map(({ number, updatedAt, url, ...said }) => ({
    number,
    ...(updatedAt !== undefined && { updatedAt }),
    ...(url !== undefined && { url }),
    ...mapTexts(said, mask),
    subject: mask(said.subject),
    source,
  }));
}

function sortCases(cases: CustomerCard['cases']): CustomerCard['cases'] {
  const isClosed = (status: string | undefined) => Number(closedStatus.test(status ?? ''));
  return cases
    .toSorted((a, b) => isClosed(a.status) - isClosed(b.status) || (b.updatedAt ?? 0) - (a.updatedAt ?? 0))
    .slice(0, most.cases);
}

function mapTexts<Key extends string>(texts: Partial<Record<Key, string>>, change: (text: string) => string) {
  const entries = Object.entries<string | undefined>(texts);
  const changed = entries.flatMap(([key, text]) => (text === undefined ? [] : [[key, change(text)]]));
  // Object.fromEntries forgets the keys, which are those of `texts`.
  return Object.fromEntries(changed) as Partial<Record<Key, string>>;
}

function splitAlerts(written = ''): string[] {
  const alerts = written.split(/[;|]/).map((alert) => alert.trim());
  return alerts.filter((alert) => alert !== '');
}

/** The country the source names, else the first phone's; of a face neither is known yet. A country's name instead of its code is not guessed at. */
function findZone({ fields, phones, isFace }: CustomerRecord): string | undefined {
  if (isFace) return undefined;
  const named = Object.entries(fields).find(([name, value]) => simplifyName(name) === 'country' && value.trim() !== '');
  if (named) return findOnlyZone(named[1]);
  const e164 = phones[0]?.value;
  const phone = e164 ? parsePhone(e164) : undefined;
  return phone?.kind === 'phone' && phone.country ? findOnlyZone(phone.country) : undefined;
}

function toCardRecord({ id, source, record }: SourcedRecord): CardRecord {
  const missing = (record.missing ?? []).map(({ part, failure }) => ({ part, state: failure.kind }));
  return { id, source, ...(record.url !== undefined && { url: record.url }), missing };
}
