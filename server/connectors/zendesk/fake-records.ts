/** Records of the fake account: users with identities, organizations, tickets, comments, calls. */
import type { FakeActivity, FakeCustomer } from '../conformance/fake-crm-server.ts';

export type FakeUser = {
  id: number;
  name: string;
  email: string | null;
  phone: string | null;
  role: 'end-user' | 'agent' | 'admin';
  active: boolean;
  organization_id: number | null;
  external_id: string | null;
  locale: string;
  iana_time_zone: string;
  notes: string;
  details: string;
  tags: string[];
  user_fields: Record<string, string | null>;
};

type FakeIdentity = { id: number; user_id: number; type: 'email' | 'phone_number'; value: string };

type FakeOrganization = {
  id: number;
  name: string;
  external_id: string | null;
  tags: string[];
  notes: string | null;
  details: string | null;
  organization_fields: Record<string, string | null>;
};

export type FakeTicket = {
  id: number;
  subject: string;
  status: string;
  priority: string | null;
  requester_id: number;
  assignee_id: number | null;
  external_id: string | null;
  tags: string[];
  via: { channel: string };
  created_at: string;
  updated_at: string;
  via_followup_source_id: number | null;
};

type FakeComment = {
  id: number;
  ticket_id: number;
  type: 'Comment' | 'TpeVoiceComment';
  author_id: number;
  public: boolean;
  body: string;
  created_at: string;
  data?: Record<string, unknown>;
};

type FakeCall = Record<string, unknown> & { id: number; ticket_id: number };

export const userFieldKeys = ['tier', 'account_manager', 'account_number', 'mobile_number'];
export const organizationFieldKeys = ['segment'];

/** The user who owns the client or token. */
export const apiUserId = 7001;

/** A time as Zendesk writes it: to the second. */
export const toZendeskTime = (ms: number) => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');

export function createFakeRecords() {
  const users = new Map<number, FakeUser>();
  const identities: FakeIdentity[] = [];
  const organizations = new Map<number, FakeOrganization>();
  const tickets = new Map<number, FakeTicket>();
  const comments: FakeComment[] = [];
  const calls: FakeCall[] = [];
  const next = { user: 35_430_000, organization: 57_000, ticket: 41_000, other: 880_000 };

  function addUser(user: Partial<FakeUser> & { name: string }): FakeUser {
    next.user += 1;
    const whole: FakeUser = {
      id: next.user,
      email: null,
      phone: null,
      role: 'end-user',
      active: true,
      organization_id: null,
      external_id: null,
      locale: 'en-US',
      iana_time_zone: 'America/Los_Angeles',
      notes: '',
      details: '',
      tags: [],
      user_fields: Object.fromEntries(userFieldKeys.map((key) => [key, null])),
      ...user,
    };
    users.set(whole.id, whole);
    return whole;
  }

  function addIdentity(user_id: number, type: FakeIdentity['type'], value: string): void {
    next.other += 1;
    identities.push({ id: next.other, user_id, type, value });
  }

  function addOrganization(name: string): FakeOrganization {
    const known = [...organizations.values()].find((candidate) => candidate.name === name);
    if (known) return known;
    next.organization += 1;
    const organization: FakeOrganization = {
      id: next.organization,
      name,
      external_id: null,
      tags: [],
      notes: null,
      details: null,
      organization_fields: { segment: null },
    };
    organizations.set(organization.id, organization);
    return organization;
  }

  function addTicket(ticket: Partial<FakeTicket> & { subject: string; requester_id: number }): FakeTicket {
    next.ticket += 1;
    const now = toZendeskTime(Date.now());
    const whole: FakeTicket = {
      id: next.ticket,
      status: 'new',
      priority: null,
      assignee_id: null,
      external_id: null,
      tags: [],
      via: { channel: 'api' },
      created_at: now,
      updated_at: now,
      via_followup_source_id: null,
      ...ticket,
    };
    tickets.set(whole.id, whole);
    return whole;
  }

  function addComment(comment: Omit<FakeComment, 'id' | 'created_at'> & { created_at?: string }): FakeComment {
    next.other += 1;
    const whole = { created_at: toZendeskTime(Date.now()), ...comment, id: next.other };
    comments.push(whole);
    return whole;
  }

  function addCall(call: Record<string, unknown> & { ticket_id: number }): FakeCall {
    next.other += 1;
    const whole = { ...call, id: next.other };
    calls.push(whole);
    return whole;
  }

  /** The first phone is the user's own, the second a user field, others are identities. */
  function put(customer: FakeCustomer): { id: string; caseNumbers: string[] } {
    const [phone, mobile, ...otherPhones] = customer.phones ?? [];
    const [email, ...otherEmails] = customer.emails ?? [];
    const user = addUser({
      name: customer.name,
      email: email ?? null,
      phone: phone ?? null,
      organization_id: customer.company === undefined ? null : addOrganization(customer.company).id,
      user_fields: {
        tier: customer.tier ?? null,
        account_manager: customer.owner ?? null,
        account_number: customer.accountNumber ?? null,
        mobile_number: mobile ?? null,
      },
    });
    for (const value of otherPhones) addIdentity(user.id, 'phone_number', value);
    for (const value of email === undefined ? [] : [email, ...otherEmails]) addIdentity(user.id, 'email', value);
    const made = (customer.cases ?? []).map(({ subject, status = 'open', priority = 'normal', updatedAt }) => {
      const at = toZendeskTime(updatedAt ?? Date.now());
      const ticket = { subject, status, priority, requester_id: user.id, via: { channel: 'web' } };
      return addTicket({ ...ticket, created_at: at, updated_at: at });
    });
    for (const { at, channel = 'voice', summary } of customer.interactions ?? []) {
      const times = { created_at: toZendeskTime(at), updated_at: toZendeskTime(at) };
      addTicket({ subject: summary, status: 'closed', requester_id: user.id, via: { channel }, ...times });
    }
    return { id: String(user.id), caseNumbers: made.map(({ id }) => String(id)) };
  }

  /** Activities read from private comments that end with a marker. */
  function listActivities(): FakeActivity[] {
    return comments.flatMap(({ id, ticket_id, type, public: isPublic, body }) => {
      const ticket = tickets.get(ticket_id);
      const key = /\[deskside:([^\]]+)\]\s*$/.exec(body)?.[1];
      if (isPublic || type !== 'Comment' || key === undefined || !ticket) return [];
      const [subject = '', facts = ''] = body.split('\n');
      const [, direction, from = '', to = ''] = /^(\w+) \w+ · (\S+) – (\S+) \(/.exec(facts) ?? [];
      const isOwn = ticket.external_id === `deskside:${key}`;
      return {
        id: String(id),
        key,
        subject,
        notes: body,
        customerId: String(ticket.requester_id),
        caseNumber: isOwn ? (ticket.via_followup_source_id?.toString() ?? undefined) : String(ticket.id),
        direction: ({ Inbound: 'inbound', Outbound: 'outbound' } as const)[direction as 'Inbound'],
        seconds: (Date.parse(to) - Date.parse(from)) / 1_000,
      };
    });
  }

  addUser({ id: apiUserId, name: 'Deskside', email: 'deskside@acme.example', role: 'admin' });
  addUser({ id: 7002, name: 'Mina Park', email: 'mina@deskside.example', role: 'agent' });

  return {
    users,
    identities,
    organizations,
    tickets,
    comments,
    calls,
    addUser,
    addIdentity,
    addTicket,
    addComment,
    addCall,
    put,
    listActivities,
  };
}

export type FakeRecords = ReturnType<typeof createFakeRecords>;
