/**
 * The card of a customer: identifiers masked, and sensitive fields hidden until the caller is verified.
 *
 * A header value is the first record's that has one; where another record differs, `differences` holds all. Lists of
 * several records are joined.
 */
import type { CardRecord, CustomerCard, HeaderField, MaskedValue } from '#contract/customers.ts';
import { builtInLayout, type CardLayout } from './card-layout.ts';
import type { CustomerRecord } from './customer-source.ts';
import { parsePhone } from './identifiers/phone.ts';
import { createTextMask, maskEmail, maskPhone, type TextMask } from './masking.ts';
import type { MergedCustomer, SourcedRecord } from './merge.ts';
import { hiddenValue, isSensitive, simplifyFieldName } from './sensitive-fields.ts';
import { findOnlyZone, isTimeZone } from './time-zone.ts';

const urgentPriority = /^(?:high(?:est)?|urgent|critical|immediate|blocker|p[01])$/i;
const closedStatus = /^\s*(?:closed|resolved|solved|done|completed?|cancell?ed)\s*$/i;

type Recognized = Exclude<HeaderField, 'name' | 'company'> | 'alerts';

/** By `simplifyName`. */
const recognizedAs = new Map<string, Recognized>([
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

/** A record, masked. */
type MaskedRecord = {
  source: string;
  record: CustomerRecord;
  header: Partial<Record<HeaderField, string>>;
  alerts: string[];
  details: CustomerCard['details'];
};

type CardOptions = {
  layout: CardLayout;
  isVerified: boolean;
  /** ISO 3166: of the sources, for national numbers in texts. */
  countries: readonly string[];
};

const cards = new WeakMap<MergedCustomer, (CardOptions & { card: CustomerCard })[]>();

const noCountries: readonly string[] = [];

/** A merged customer never changes, so each of its cards is made once. */
export function toCard(
  customer: MergedCustomer,
  { layout = builtInLayout, isVerified = false, countries = noCountries }: Partial<CardOptions> = {},
): CustomerCard {
  const madeCards = cards.get(customer) ?? [];
  const known = madeCards.find(
    (each) => each.layout === layout && each.isVerified === isVerified && each.countries === countries,
  );
  if (known) return known.card;
  const card = composeCard(customer, { layout, isVerified, countries });
  const current = madeCards.filter((each) => each.countries === countries);
  cards.set(customer, [...current, { layout, isVerified, countries, card }]);
  return card;
}

function composeCard(customer: MergedCustomer, { layout, isVerified, countries }: CardOptions): CustomerCard {
  const { header: fields, limits } = layout;
  const phones = customer.records.flatMap(({ record }) => record.phones);
  const mask = createTextMask({ phones, countries: [...countries, ...findCountries(phones)] });
  const records = customer.records.map((each) => maskCustomerRecord(each, { mask, isVerified }));
  const { name = '', ...header } = pickFirst(records, fields);
  const zone = header.timeZone ?? findFirst(records, ({ record }) => findZone(record));
  return {
    id: customer.id,
    name,
    ...header,
    ...(zone !== undefined && fields.includes('timeZone') && { timeZone: zone }),
    alerts: [...new Set(records.flatMap(({ alerts }) => alerts))].slice(0, limits.alerts),
    phones: joinValues(records, ({ phones }) => phones, maskPhone).slice(0, limits.identifiers),
    emails: joinValues(records, ({ emails }) => emails, maskEmail).slice(0, limits.identifiers),
    cases: sortCases(records.flatMap((each) => listCases(each, mask))).slice(0, limits.cases),
    interactions: records
      .flatMap(({ source, record }) =>
        record.interactions.map(({ at, ...texts }) => ({ at, ...mapTexts(texts, mask), source })),
      )
      .toSorted((a, b) => b.at - a.at)
      .slice(0, limits.interactions),
    details: joinDetails(records).slice(0, limits.details),
    records: customer.records.map(toCardRecord),
    mergedBy: customer.mergedBy,
    differences: findDifferences(records, fields),
  };
}

function maskCustomerRecord(
  { source, record, sensitive }: SourcedRecord,
  { mask, isVerified }: { mask: TextMask; isVerified: boolean },
): MaskedRecord {
  const { recognized, details } = sortFields(record.fields);
  const { alerts, ...texts } = recognized;
  const show = (name: string, value: string) => {
    const isHidden = !isVerified && isSensitive(name, sensitive);
    return isHidden ? { value: hiddenValue, isHidden } : { value: mask(value, name) };
  };
  const header = { name: record.name, ...(record.company !== undefined && { company: record.company }), ...texts };
  return {
    source: source.id,
    record,
    header: Object.fromEntries(Object.entries(header).map(([name, value]) => [name, show(name, value).value])),
    alerts: splitAlerts(alerts).map((alert) => mask(alert)),
    details: details.map(({ name, value }) => ({ name: mask(name), ...show(name, value), source: source.id })),
  };
}

type Fields = { recognized: Partial<Record<Recognized, string>>; details: { name: string; value: string }[] };

/** The first field of a recognized name is taken; a second one, or an unknown time zone, stays a detail. */
function sortFields(fields: Record<string, string>): Fields {
  const sorted: Fields = { recognized: {}, details: [] };
  for (const [name, written] of Object.entries(fields)) {
    const value = written.trim();
    if (value === '') continue;
    const known = recognizedAs.get(simplifyFieldName(name));
    const isTaken = known !== undefined && sorted.recognized[known] === undefined;
    if (isTaken && (known !== 'timeZone' || isTimeZone(value))) sorted.recognized[known] = value;
    else sorted.details.push({ name, value });
  }
  return sorted;
}

function pickFirst(records: MaskedRecord[], fields: readonly HeaderField[]): Partial<Record<HeaderField, string>> {
  const entries = fields.flatMap((field) => {
    const value = findFirst(records, ({ header }) => header[field]);
    return value === undefined ? [] : [[field, value]];
  });
  return Object.fromEntries(entries);
}

function findFirst<Found>(
  records: MaskedRecord[],
  read: (record: MaskedRecord) => Found | undefined,
): Found | undefined {
  for (const record of records) {
    const value = read(record);
    if (value !== undefined) return value;
  }
  return undefined;
}

function findDifferences(records: MaskedRecord[], fields: readonly HeaderField[]): CustomerCard['differences'] {
  return fields.flatMap((field) => {
    const values = records.flatMap(({ source, header }) => {
      const value = header[field];
      return value === undefined ? [] : [{ value, source }];
    });
    const fold = field === 'language' ? foldLanguage : foldText;
    return new Set(values.map(({ value }) => fold(value))).size > 1 ? [{ field, values }] : [];
  });
}

/** `en-US` and `en` do not differ. */
function foldLanguage(tag: string): string {
  return foldText(tag).split(/[-_]/)[0] ?? '';
}

/** The same field with the same value is shown once, as the first source's. */
function joinDetails(records: MaskedRecord[]): CustomerCard['details'] {
  const distinct = new Map<string, CustomerCard['details'][number]>();
  for (const detail of records.flatMap(({ details }) => details)) {
    const source = detail.isHidden ? detail.source : '';
    const key = JSON.stringify([simplifyFieldName(detail.name), source, foldText(detail.value)]);
    if (!distinct.has(key)) distinct.set(key, detail);
  }
  return [...distinct.values()];
}

function foldText(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
}

function joinValues(
  records: MaskedRecord[],
  listOf: (record: CustomerRecord) => CustomerRecord['phones'],
  mask: (text: string) => string,
): MaskedValue[] {
  const distinct = new Map<string, MaskedValue>();
  for (const { source, record } of records) {
    for (const { raw, value } of listOf(record)) {
      const key = value ?? raw;
      if (!distinct.has(key)) distinct.set(key, { masked: mask(key), source });
    }
  }
  return [...distinct.values()];
}

/** A case's number is not masked: agents read it out, and the case is found by it. */
function listCases({ source, record }: MaskedRecord, mask: (text: string) => string): CustomerCard['cases'] {
  return record.cases.map(({ number, updatedAt, url, priority: written, ...others }) => {
    const priority = written && toPriority(written);
    const texts = { ...others, ...(priority && { priority }) };
    return {
      number,
      isOpen: !closedStatus.test(texts.status ?? ''),
      isUrgent: urgentPriority.test(priority ?? ''),
      ...(updatedAt !== undefined && { updatedAt }),
      ...(url !== undefined && { url }),
      ...mapTexts(texts, mask),
      subject: mask(texts.subject),
      source,
    };
  });
}

/** `4 - Low` and `low` → `Low`. */
function toPriority(written: string): string {
  const word = written.replace(/^\s*\d+\s*[-–:.]\s*/, '').trim();
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function sortCases(cases: CustomerCard['cases']): CustomerCard['cases'] {
  return cases.toSorted(
    (a, b) =>
      Number(b.isOpen) - Number(a.isOpen) ||
      Number(b.isOpen && b.isUrgent) - Number(a.isOpen && a.isUrgent) ||
      (b.updatedAt ?? 0) - (a.updatedAt ?? 0),
  );
}

function mapTexts<Key extends string>(texts: Partial<Record<Key, string>>, change: (text: string) => string) {
  const entries = Object.entries<string | undefined>(texts);
  const changed = entries.flatMap(([key, text]) => (text === undefined ? [] : [[key, change(text)]]));
  // The keys are those of `texts`; Object.fromEntries loses their type.
  return Object.fromEntries(changed) as Partial<Record<Key, string>>;
}

function splitAlerts(written = ''): string[] {
  const alerts = written.split(/[;|]/).map((alert) => alert.trim());
  return alerts.filter((alert) => alert !== '');
}

/**
 * By the field `country`, if it holds a code; without the field by the first phone's country. Not for previews, whose
 * fields were not read.
 */
function findZone({ fields, phones, isPreview }: CustomerRecord): string | undefined {
  if (isPreview) return undefined;
  const country = Object.entries(fields).find(
    ([name, value]) => simplifyFieldName(name) === 'country' && value.trim(),
  )?.[1];
  if (country !== undefined) return findOnlyZone(country);
  const e164 = phones[0]?.value;
  const phone = e164 ? parsePhone(e164) : undefined;
  return phone?.kind === 'phone' && phone.country ? findOnlyZone(phone.country) : undefined;
}

/** The countries of the customer's first numbers; more are not worth their time. */
function findCountries(phones: CustomerRecord['phones']): string[] {
  return phones.slice(0, 5).flatMap(({ value }) => {
    const phone = value === null ? undefined : parsePhone(value);
    return phone?.kind === 'phone' && phone.country ? [phone.country] : [];
  });
}

function toCardRecord({ id, source, record }: SourcedRecord): CardRecord {
  const missing = (record.missing ?? []).map(({ part, failure }) => ({ part, state: failure.kind }));
  return { id, source, ...(record.url !== undefined && { url: record.url }), missing };
}
