import type { Activity, ConnectorCustomer, CustomerSummary } from '../port/connector.ts';
import { parseTime, toStoredValues, withoutUndefined } from '../port/values.ts';
import type { ActivityBody, CaseRecord, CustomerRecord, InteractionRecord } from './api.ts';

export type CardSettings = { fields: Record<string, string>; webUrl: string };

// Decide: which phones and e-mails count? One too few is never matched, one too many shows a stranger's record.
export function toSummary({ id, name, phones, emails }: CustomerRecord): CustomerSummary {
  const readValues = (addresses: CustomerRecord['phones']) => (addresses ?? []).map(({ value }) => value);
  return { id, name, phones: toStoredValues(readValues(phones)), emails: toStoredValues(readValues(emails)) };
}

export function toCustomer(
  record: CustomerRecord,
  related: { cases: CaseRecord[]; interactions: InteractionRecord[] },
  settings: CardSettings,
): ConnectorCustomer {
  const { webUrl } = settings;
  return {
    ...toSummary(record),
    company: record.company ?? undefined,
    fields: toFields(record, settings.fields),
    cases: related.cases.map(({ number, subject, status, priority, updatedAt }) => ({
      number,
      subject,
      ...withoutUndefined({
        status: status ?? undefined,
        priority: priority ?? undefined,
        updatedAt: parseTime(updatedAt),
      }),
      url: `${webUrl}/cases/${encodeURIComponent(number)}`,
    })),
    interactions: related.interactions.flatMap((interaction) => {
      const at = parseTime(interaction.at);
      if (at === undefined) return [];
      const channel = interaction.channel ?? undefined;
      const summary = interaction.summary ?? undefined;
      const agent = interaction.agent ?? undefined;
      return [{ at, ...withoutUndefined({ channel, summary, agent }) }];
    }),
    url: `${webUrl}/customers/${encodeURIComponent(record.id)}`,
  };
}

/**
 * Built-in fields, and those an admin has mapped: `{ tier: 'segment' }` shows the custom field `segment` as the tier.
 */
function toFields(record: CustomerRecord, mapped: Record<string, string>): Record<string, string> {
  const custom = new Map(Object.entries(record.custom ?? {}));
  const chosen = Object.entries(mapped).map(([name, field]) => [name, toText(custom.get(field))] as const);
  const fields = [['owner', record.owner?.name], ['accountNumber', record.accountNumber], ...chosen] as const;
  return Object.fromEntries(fields.flatMap(([name, value]) => (value ? [[name, value]] : [])));
}

function toText(value: unknown): string | undefined {
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : undefined;
}

// Decide: how are case numbers written, and what do callers key in? Here `CS-000123`, keyed in as `123`.
export function toCaseNumber(number: string): string {
  return /^\d{1,6}$/.test(number) ? `CS-${number.padStart(6, '0')}` : number;
}

// Decide: units and visibility. Here ISO 8601 times and seconds; customers must never see the notes.
export function toActivityBody(activity: Activity): ActivityBody {
  const { customerId, caseNumber, channel, direction, startedAt, endedAt, subject, notes, agent } = activity;
  return {
    customerId,
    channel,
    direction,
    subject,
    notes,
    ...withoutUndefined({ caseNumber }),
    startedAt: new Date(startedAt).toISOString(),
    seconds: Math.round(Math.max(0, endedAt - startedAt) / 1_000),
    agentEmail: agent.email,
    visibility: 'internal',
  };
}
