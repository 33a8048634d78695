import type { ConnectorCase, ConnectorCustomer, CustomerSummary, StoredValue } from '../port/connector.ts';
import type { IdentityRecord, OrganizationRecord, TicketList, TicketRecord, UserRecord } from './api.ts';
import { readCardFields } from './card-fields.ts';

export type CardSettings = {
  fields: Record<string, string>;
  /** Keys of the user fields that hold phone numbers, beside Zendesk's own. */
  phoneFields: string[];
  /** Where agents open records, without a slash at its end. */
  agentUrl: string;
};

/** What is digits and nothing else, as Zendesk numbers its records; longer ones JavaScript could not keep exactly. */
export function isRecordId(id: string): boolean {
  return /^[1-9]\d{0,14}$/.test(id);
}

/** `#123`, as Zendesk shows a ticket, or its digits; undefined: it cannot be one. */
export function toTicketId(number: string): string | undefined {
  const id = number.replace(/^#\s*/, '').replace(/^0+/, '');
  return isRecordId(id) ? id : undefined;
}

/** A deleted user is still told, as not active. */
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
    phones: toStored([user.phone, ...phoneFields.map((key) => fields.get(key)), ...values('phone_number')]),
    emails: toStored([user.email, ...values('email')]),
  };
}

/** Each once: the primary ones are among the identities too. */
function toStored(values: unknown[]): StoredValue[] {
  const texts = values.flatMap((value) => (typeof value === 'string' && value.trim() !== '' ? value : []));
  return [...new Set(texts)].map((raw) => ({ raw }));
}

export function toCustomer(
  user: UserRecord,
  of: { identities: IdentityRecord[]; organization: OrganizationRecord | undefined; tickets: TicketList },
  settings: CardSettings,
): ConnectorCustomer {
  const { agentUrl, fields, phoneFields } = settings;
  const { tickets, users } = of.tickets;
  const isOpen = ({ status }: TicketRecord) => status !== 'solved' && status !== 'closed' && status !== 'deleted';
  const agents = new Map((users ?? []).map(({ id, name }) => [id, name ?? undefined]));
  return {
    ...toSummary(user, of.identities, phoneFields),
    company: of.organization?.name ?? undefined,
    fields: readCardFields(user, of.organization, fields),
    // What is not done is a case; what is done, an earlier conversation. No ticket stands on the card twice.
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
  const updatedAt = readTime(updated_at);
  return {
    number: String(id),
    subject: subject ?? '',
    url: ticketUrl(agentUrl, id),
    ...(status && { status }),
    ...(priority && { priority }),
    ...(updatedAt !== undefined && { updatedAt }),
  };
}

/** When the person wrote or called: `updated_at` is often the rule that closes what was solved days before. */
function toInteraction(
  { id, subject, created_at, via, assignee_id }: TicketRecord,
  agents: Map<number, string | undefined>,
): ConnectorCustomer['interactions'] {
  const at = readTime(created_at);
  if (at === undefined) return [];
  const channel = toChannel(via?.channel);
  const agent = assignee_id ? agents.get(assignee_id) : undefined;
  const summary = `${subject ?? ''} (#${id})`.trim();
  return [{ at, summary, ...(channel && { channel }), ...(agent && { agent }) }];
}

/** Zendesk has dozens, among them one per messenger; a ticket that came by its API says nothing about the person's way. */
function toChannel(channel: unknown): string | undefined {
  if (typeof channel !== 'string' || channel === 'api') return undefined;
  if (/voice|phone|call/.test(channel)) return 'voice';
  if (/chat|messag|whatsapp/.test(channel)) return 'chat';
  return channel.replaceAll('_', ' ');
}

/** ms UTC */
export function readTime(text: string | null | undefined): number | undefined {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? undefined : time;
}
