import type { CustomerCard, Source } from '#contract/customers.ts';
import type { CustomerRecord } from './customer-source.ts';
import { parsePhone } from './identifiers.ts';
import { createTextMask, maskEmail, maskPhone } from './masking.ts';
import { findOnlyZone, isTimeZone } from './time-zone.ts';

/** A panel of 360 px shows a handful; more than this is a report, not a card. */
const most = { cases: 50, interactions: 50, identifiers: 20, alerts: 10, details: 100 };

const closedStatus = /^\s*(?:closed|resolved|solved|done|completed?|cancell?ed)\s*$/i;

type Recognised = 'tier' | 'accountNumber' | 'language' | 'owner' | 'timeZone' | 'alerts';

/** Field names without case, spaces, `_` and `-`. */
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

/** What the panel may see of a record. Nothing leaves here that `reveal` is there to guard. */
export function toCard(record: CustomerRecord, source: Source): CustomerCard {
  const mask = createTextMask(record);
  const { recognised, details } = sortFields(record.fields);
  const { alerts, timeZone, ...texts } = recognised;
  const zone = timeZone ?? findZone(record);
  return {
    id: record.id,
    name: mask(record.name),
    ...(record.company !== undefined && { company: mask(record.company) }),
    ...mapValues(texts, mask),
    ...(zone !== undefined && { timeZone: zone }),
    alerts: splitAlerts(alerts).map(mask),
    phones: record.phones.slice(0, most.identifiers).map(({ raw, value }) => ({ masked: maskPhone(value ?? raw) })),
    emails: record.emails.slice(0, most.identifiers).map(({ raw, value }) => ({ masked: maskEmail(value ?? raw) })),
    // A case's number stays: the agent reads it out, and it is what the case is found by.
    cases: sortCases(record.cases).map(({ number, updatedAt, ...said }) => ({
      number,
      ...(updatedAt !== undefined && { updatedAt }),
      ...mapValues(said, mask),
      subject: mask(said.subject),
    })),
    interactions: sortInteractions(record.interactions).map(({ at, ...said }) => ({ at, ...mapValues(said, mask) })),
    details: details.map(({ name, value }) => ({ name: mask(name), value: mask(value) })),
    source,
  };
}

type Fields = { recognised: Partial<Record<Recognised, string>>; details: { name: string; value: string }[] };

/** The first field of a recognised name is taken; a second one, or a zone nobody can compute with, stays a detail. */
function sortFields(fields: Record<string, string>): Fields {
  const sorted: Fields = { recognised: {}, details: [] };
  for (const [name, written] of Object.entries(fields)) {
    const value = written.trim();
    if (value === '') continue;
    const known = recognisedAs.get(simplify(name));
    const isTaken = known !== undefined && sorted.recognised[known] === undefined;
    if (isTaken && (known !== 'timeZone' || isTimeZone(value))) sorted.recognised[known] = value;
    else if (sorted.details.length < most.details) sorted.details.push({ name, value });
  }
  return sorted;
}

function simplify(name: string): string {
  return name.replace(/[\s_-]/g, '').toLowerCase();
}

function mapValues<Key extends string>(texts: Partial<Record<Key, string>>, change: (text: string) => string) {
  const entries = Object.entries<string | undefined>(texts);
  const changed = entries.flatMap(([key, text]) => (text === undefined ? [] : [[key, change(text)]]));
  // Object.fromEntries forgets the keys, which are those of `texts`.
  return Object.fromEntries(changed) as Partial<Record<Key, string>>;
}

function splitAlerts(written = ''): string[] {
  const alerts = written.split(/[;|]/).map((alert) => alert.trim());
  return alerts.filter((alert) => alert !== '').slice(0, most.alerts);
}

/** The country the file names, else the first phone's. A country's name instead of its code is not guessed at. */
function findZone({ fields, phones }: CustomerRecord): string | undefined {
  const named = Object.entries(fields).find(([name, value]) => simplify(name) === 'country' && value.trim() !== '');
  if (named) return findOnlyZone(named[1]);
  const e164 = phones[0]?.value;
  const phone = e164 ? parsePhone(e164) : undefined;
  return phone?.kind === 'phone' && phone.country ? findOnlyZone(phone.country) : undefined;
}

function sortCases(cases: CustomerRecord['cases']): CustomerRecord['cases'] {
  const isClosed = (status: string | undefined) => Number(closedStatus.test(status ?? ''));
  return cases
    .toSorted((a, b) => isClosed(a.status) - isClosed(b.status) || (b.updatedAt ?? 0) - (a.updatedAt ?? 0))
    .slice(0, most.cases);
}

function sortInteractions(interactions: CustomerRecord['interactions']): CustomerRecord['interactions'] {
  return interactions.toSorted((a, b) => b.at - a.at).slice(0, most.interactions);
}
