import type { ConnectorCase, ConnectorCustomer, CustomerSummary } from '../port/connector.ts';
import { parseTime, toStoredValues, withoutUndefined } from '../port/values.ts';
import type { IdentityRecord, OrganizationRecord, TicketList, TicketRecord, UserRecord } from './api.ts';
import { readCardFields } from './card-fields.ts';

export type CardSettings = {
  fields: Record<string, string>;
  /** Keys of the user fields that hold phone numbers, beside Zendesk's own. */
  phoneFields: string[];
  /** Where agents open records, without a slash at its end. */
  agentUrl: string;
};

/** Digits only, and at most 15: JavaScript cannot represent longer integers exactly. */
export function isRecordId(id: string): boolean {
  return /^[1-9]\d{0,14}$/.test(id);
}

/** Accepts `#123`, as Zendesk shows it, or digits. Undefined if it cannot be a ticket number. */
export function toTicketId(number: string): string | undefined {
  const id = number.replace(/^#\s*/, '').replace(/^0+/, '');
  return isRecordId(id) ? id : undefined;
}

/** Deleted users are still returned, as inactive. */
export function isCustomer({ role, active }: UserRecord): boolean {
  return active !== false && role !== 'agent' && role !== 'admin';
}

export function toSummary(user: UserRecord, identities: IdentityRecord[], phoneFields: string[]): CustomerSummary {
  const own = identities.filter(({ user_id }) => user_id === user.id);
  const values = (type: string) => own.flatMap((identity) => (identity.type === type ? identity.value : []));
  const fields = new Map(Object.entries(user.user_fields ?? {}));
  return {
    id: String(user.id),
    name: user.name ?? '',
    // The primary ones are among the identities too.
    phones: toStoredValues([user.phone, ...phoneFields.map((key) => fields.get(key)), ...values('phone_number')]),
    emails: toStoredValues([user.email, ...values('email')]),
  };
}

export function toCustomer(
  user: UserRecord,
  related: { identities: IdentityRecord[]; organization: OrganizationRecord | undefined; tickets: TicketList },
  { agentUrl, fields, phoneFields }: CardSettings,
): ConnectorCustomer {
  const { identities, organization } = related;
  const { tickets, users } = related.tickets;
  const isOpen = ({ status }: TicketRecord) => status !== 'solved' && status !== 'closed' && status !== 'deleted';
  const agents = new Map((users ?? []).map(({ id, name }) => [id, name ?? undefined]));
  return {
    ...toSummary(user, identities, phoneFields),
    company: organization?.name ?? undefined,
    fields: readCardFields(user, organization, fields),
    // An open ticket is a case, a closed one an interaction, so no ticket appears twice.
    cases: tickets.filter(isOpen).map((ticket) => toCase(ticket, agentUrl)),
    interactions: tickets
      .filter((ticket) => !isOpen(ticket) && ticket.status !== 'deleted')
      .flatMap((ticket) => toInteraction(ticket, agents)),
    url: `${agentUrl}/agent/users/${user.id}`,
  };
}

export function ticketUrl(agentUrl: string, ticketId: number): string {
  return `${agentUrl}/agent/tickets/${ticketId}`;
}

function toCase(ticket: TicketRecord, agentUrl: string): ConnectorCase {
  const { id, subject, status, priority, updated_at } = ticket;
  return {
    number: String(id),
    subject: subject ?? '',
    url: ticketUrl(agentUrl, id),
    ...withoutUndefined({
      status: status || undefined,
      priority: priority || undefined,
      updatedAt: parseTime(updated_at),
    }),
  };
}

/** Dated by `created_at`: `updated_at` is often set by a rule that closes tickets days after they were solved. */
function toInteraction(
  { id, subject, created_at, via, assignee_id }: TicketRecord,
  agents: Map<number, string | undefined>,
): ConnectorCustomer['interactions'] {
  const at = parseTime(created_at);
  if (at === undefined) return [];
  const channel = toChannel(via?.channel) || undefined;
  const agent = (assignee_id && agents.get(assignee_id)) || undefined;
  const summary = `${subject ?? ''} (#${id})`.trim();
  return [{ at, summary, ...withoutUndefined({ channel, agent }) }];
}

/** Zendesk has dozens of channels, one per messenger. `api` does not reveal how the customer made contact. */
function toChannel(channel: unknown): string | undefined {
  if (typeof channel !== 'string' || channel === 'api') return undefined;
  if (/voice|phone|call/.test(channel)) return 'voice';
  if (/chat|messag|whatsapp/.test(channel)) return 'chat';
  return channel.replaceAll('_', ' ');
}
