import type { Activity, ConnectorCustomer, CustomerSummary } from '../port/connector.ts';
import type { ActivityBody, CaseRecord, CustomerRecord, InteractionRecord } from './api.ts';

export type CardSettings = { fields: Record<string, string>; webUrl: string };

// Decide: which phones and e-mails count? One that is left out here is never matched, one too many shows a stranger.
export function toSummary({ id, name, phones, emails }: CustomerRecord): CustomerSummary {
  const toStored = ({ value }: { value: string }) => ({ raw: value });
  return { id, name, phones: (phones ?? []).map(toStored), emails: (emails ?? []).map(toStored) };
}

export function toCustomer(
  record: CustomerRecord,
  of: { cases: CaseRecord[]; interactions: InteractionRecord[] },
  settings: CardSettings,
): ConnectorCustomer {
  const { webUrl } = settings;
  return {
    ...toSummary(record),
    company: record.company ?? undefined,
    fields: toFields(record, settings.fields),
    cases: of.cases.map(({ number, subject, status, priority, updatedAt }) => ({
      number,
      subject,
      ...withoutNothing({ status, priority, updatedAt: readTime(updatedAt) }),
      url: `${webUrl}/cases/${encodeURIComponent(number)}`,
    })),
    interactions: of.interactions.flatMap(({ at: text, channel, summary, agent }) => {
      const at = readTime(text);
      return at === undefined ? [] : [{ at, ...withoutNothing({ channel, summary, agent }) }];
    }),
    url: `${webUrl}/customers/${encodeURIComponent(record.id)}`,
  };
}

/** What the system always has, and what an admin has mapped: `{ tier: 'segment' }` shows the custom field `segment`. */
function toFields(record: CustomerRecord, mapped: Record<string, string>): Record<string, string> {
  const custom = new Map(Object.entries(record.custom ?? {}));
  const chosen = Object.entries(mapped).map(([name, field]) => [name, toText(custom.get(field))] as const);
  const fields = [['owner', record.owner?.name], ['accountNumber', record.accountNumber], ...chosen] as const;
  return Object.fromEntries(fields.flatMap(([name, value]) => (value ? [[name, value]] : [])));
}

function toText(value: unknown): string | undefined {
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : undefined;
}

// Decide: how are cases written, and what do callers key in? Here `CS-000123`, of which a keypad gives `123`.
export function toCaseNumber(number: string): string {
  return /^\d{1,6}$/.test(number) ? `CS-${number.padStart(6, '0')}` : number;
}

// Decide: units, and who may read it. Times in ISO 8601, a length in seconds; notes are never for the customer's eyes.
export function toActivityBody(activity: Activity): ActivityBody {
  const { customerId, caseNumber, channel, direction, startedAt, endedAt, subject, notes, agent } = activity;
  return {
    customerId,
    channel,
    direction,
    subject,
    notes,
    ...withoutNothing({ caseNumber }),
    startedAt: new Date(startedAt).toISOString(),
    seconds: Math.round(Math.max(0, endedAt - startedAt) / 1_000),
    agentEmail: agent.email,
    visibility: 'internal',
  };
}

/** ms UTC */
function readTime(text: string | null | undefined): number | undefined {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? undefined : time;
}

type Something<Values> = { [Name in keyof Values]?: NonNullable<Values[Name]> };

/** Absent, rather than null or undefined. */
function withoutNothing<Values extends Record<string, unknown>>(values: Values): Something<Values> {
  // What is left is what the type says; entries lose their types on the way.
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value != null)) as Something<Values>;
}
