/** Records of the fake account: objects with properties and associations, owners, ticket stages. */
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { FakeActivity, FakeCustomer } from '../conformance/fake-crm-server.ts';

export const objectTypes = ['contacts', 'companies', 'tickets', 'calls', 'notes', 'communications'] as const;
export type FakeType = (typeof objectTypes)[number];

export type FakeObject = {
  id: string;
  type: FakeType;
  properties: Record<string, string | null>;
  createdAt: string;
  updatedAt: string;
  /** Records outside the search index are reachable by id or association only. */
  isIndexed: boolean;
};

const common = ['hs_object_id', 'createdate', 'hs_lastmodifieddate', 'hubspot_owner_id'];
const activity = [...common, 'hs_timestamp'];

/** The properties of the account; `customer_tier` and the like are custom. */
export const knownProperties: Record<FakeType, string[]> = {
  contacts: [
    ...common,
    'firstname',
    'lastname',
    'email',
    'hs_additional_emails',
    'phone',
    'mobilephone',
    'company',
    'associatedcompanyid',
    'hs_whatsapp_phone_number',
    'lifecyclestage',
    'customer_tier',
    'customer_number',
    'hs_searchable_calculated_phone_number',
    'hs_searchable_calculated_mobile_number',
  ],
  companies: [...common, 'name', 'domain', 'phone', 'customer_tier', 'customer_number'],
  tickets: [...common, 'subject', 'content', 'hs_pipeline', 'hs_pipeline_stage', 'hs_ticket_priority', 'closed_date'],
  calls: [
    ...activity,
    'hs_call_title',
    'hs_call_body',
    'hs_call_direction',
    'hs_call_duration',
    'hs_call_status',
    'hs_call_from_number',
    'hs_call_to_number',
    'hs_call_disposition',
    'zoom_engagement_key',
  ],
  notes: [...activity, 'hs_note_body'],
  communications: [
    ...activity,
    'hs_communication_channel_type',
    'hs_communication_logged_from',
    'hs_communication_body',
  ],
};

/** Unique properties of calls. */
export const uniqueProperties = ['calls zoom_engagement_key'];

export const callOutcomes = [
  { label: 'Connected', value: 'f240bbac-87c9-4f6e-bf70-924b57d47db7' },
  { label: 'Resolved', value: '0d6a6e3e-6f42-4f1c-9c0b-1d1f5d0e7a11' },
];

export const ticketStages = [
  { id: '1', label: 'New', ticketState: 'OPEN' },
  { id: '2', label: 'Waiting on contact', ticketState: 'OPEN' },
  { id: '4', label: 'Closed', ticketState: 'CLOSED' },
];

/** HubSpot's association type ids, from a kind of activity to an object. */
export const definedTypes: Partial<Record<`${FakeType} ${FakeType}`, number>> = {
  'calls contacts': 194,
  'calls companies': 182,
  'calls tickets': 220,
  'notes contacts': 202,
  'notes companies': 190,
  'notes tickets': 228,
  'communications contacts': 81,
  'communications companies': 87,
  'communications tickets': 83,
};

const priorities = { low: 'LOW', normal: 'MEDIUM', high: 'HIGH' } as const;

export type FakeRecords = ReturnType<typeof createFakeRecords>;

export function createFakeRecords() {
  const objects = new Map<string, FakeObject>();
  const created: FakeObject[] = [];
  const associations = new Set<string>();
  const owners = new Map<string, { id: string; firstName: string; lastName: string; email: string }>();
  let count = 0;
  let lagsBehind = false;

  /** In no order of time, as in recorded accounts; far enough apart that a wrong last digit finds no record. */
  function nextId(): string {
    count += 1;
    const place = 1_009 * Math.floor(count / 1_009) + ((count * 370) % 1_009);
    return String(7_000 + 13 * place);
  }

  function create(type: FakeType, properties: Record<string, string | null>): FakeObject {
    const now = new Date().toISOString();
    const object: FakeObject = {
      id: nextId(),
      type,
      properties,
      createdAt: now,
      updatedAt: now,
      isIndexed: !lagsBehind,
    };
    objects.set(`${type} ${object.id}`, object);
    created.push(object);
    return object;
  }

  function associate(item: FakeObject, other: FakeObject): void {
    associations.add(`${item.type} ${item.id} ${other.type} ${other.id}`);
    associations.add(`${other.type} ${other.id} ${item.type} ${item.id}`);
  }

  function listAssociated({ type, id }: FakeObject, to: FakeType): FakeObject[] {
    return list(to).filter((other) => associations.has(`${type} ${id} ${to} ${other.id}`));
  }

  function list(type: FakeType): FakeObject[] {
    return [...objects.values()].filter((object) => object.type === type);
  }

  function ownerOf(name: string, email = `${name.toLowerCase().replace(/\W+/g, '.')}@agents.example`) {
    const [firstName = '', ...rest] = name.split(' ');
    const known = [...owners.values()].find((owner) => owner.email === email);
    const owner = known ?? { id: nextId(), firstName, lastName: rest.join(' '), email };
    owners.set(owner.id, owner);
    return owner;
  }

  function companyOf(name: string): FakeObject {
    const known = list('companies').find(({ properties }) => properties.name === name);
    return known ?? create('companies', { name });
  }

  function addTickets(holder: FakeObject, tickets: NonNullable<FakeCustomer['cases']>): string[] {
    return tickets.map(({ subject, status = 'open', priority = 'normal', updatedAt = Date.now() }) => {
      const at = new Date(updatedAt).toISOString();
      const ticket = create('tickets', {
        subject,
        hs_pipeline: '0',
        hs_pipeline_stage: status === 'open' ? '2' : '4',
        hs_ticket_priority: priorities[priority],
        hs_lastmodifieddate: at,
        closed_date: status === 'open' ? null : at,
      });
      associate(ticket, holder);
      return ticket.id;
    });
  }

  function put(customer: FakeCustomer): { id: string; caseNumbers: string[] } {
    const { name, company, phones = [], emails = [], owner, tier, accountNumber } = customer;
    const [firstname = '', ...rest] = name.split(' ');
    const [phone = null, mobilephone = null, whatsapp = null] = phones;
    // HubSpot stores addresses in lower case.
    const [email = null, ...more] = emails.map((address) => address.toLowerCase());
    const contact = create('contacts', {
      firstname,
      lastname: rest.join(' ') || null,
      phone,
      mobilephone,
      hs_whatsapp_phone_number: whatsapp,
      email,
      hs_additional_emails: more.length === 0 ? null : more.join(';'),
      hubspot_owner_id: owner === undefined ? null : ownerOf(owner).id,
      customer_tier: tier ?? null,
      customer_number: accountNumber ?? null,
    });
    if (company !== undefined) {
      const employer = companyOf(company);
      associate(contact, employer);
      contact.properties.associatedcompanyid = employer.id;
    }
    addInteractions(contact, customer.interactions ?? []);
    return { id: `contact:${contact.id}`, caseNumbers: addTickets(contact, customer.cases ?? []) };
  }

  const seeded = new Set<string>();

  function addInteractions(contact: FakeObject, interactions: NonNullable<FakeCustomer['interactions']>): void {
    for (const { at, channel = 'voice', summary } of interactions) {
      const time = { hs_timestamp: new Date(at).toISOString() };
      const made =
        channel === 'voice'
          ? create('calls', { ...time, hs_call_title: 'Inbound call', hs_call_body: `<p>${summary}</p>` })
          : create('notes', { ...time, hs_note_body: `<p>${summary}</p>` });
      associate(made, contact);
      seeded.add(made.id);
    }
  }

  function contactOf(customerId: string): FakeObject {
    const contact = objects.get(`contacts ${customerId.replace('contact:', '')}`);
    if (!contact) throw new Error(`No contact ${customerId}`);
    return contact;
  }

  function toActivity(object: FakeObject): FakeActivity {
    const { id, properties } = object;
    const body = read(properties.hs_call_body ?? properties.hs_note_body ?? properties.hs_communication_body ?? '');
    const [contact] = listAssociated(object, 'contacts');
    const [company] = listAssociated(object, 'companies');
    const direction = properties.hs_call_direction?.toLowerCase();
    return {
      id,
      key: properties.zoom_engagement_key ?? /^Reference: (\S+)$/m.exec(body)?.[1],
      subject: properties.hs_call_title ?? body.split('\n')[0] ?? '',
      notes: body,
      customerId: contact ? `contact:${contact.id}` : company && `company:${company.id}`,
      caseNumber: listAssociated(object, 'tickets')[0]?.id,
      direction: direction === 'inbound' || direction === 'outbound' ? direction : undefined,
      seconds: properties.hs_call_duration == null ? undefined : Number(properties.hs_call_duration) / 1_000,
    };
  }

  return {
    create,
    associate,
    listAssociated,
    list,
    put,
    ownerOf,
    addInteractions: (customerId: string, interactions: NonNullable<FakeCustomer['interactions']>) =>
      addInteractions(contactOf(customerId), interactions),
    addTicketsTo: (customerId: string, tickets: NonNullable<FakeCustomer['cases']>) =>
      addTickets(contactOf(customerId), tickets),
    owners,
    find: (type: FakeType, id: string) => objects.get(`${type} ${id}`),
    remove: (type: FakeType, id: string) => void objects.delete(`${type} ${id}`),
    putCompany(company: { name: string; phone?: string; tier?: string; cases?: FakeCustomer['cases'] }): string {
      const made = create('companies', {
        name: company.name,
        phone: company.phone ?? null,
        customer_tier: company.tier ?? null,
      });
      addTickets(made, company.cases ?? []);
      return `company:${made.id}`;
    },
    lag(lags: boolean) {
      lagsBehind = lags;
      if (!lags) for (const object of objects.values()) object.isIndexed = true;
    },
    listActivities: () =>
      (['calls', 'notes', 'communications'] as const)
        .flatMap(list)
        .filter(({ id }) => !seeded.has(id))
        .sort((item, other) => created.indexOf(item) - created.indexOf(other))
        .map(toActivity),
  };
}

/** The value of a property, stored or calculated. */
export function readProperty({ id, properties, createdAt, updatedAt, type }: FakeObject, name: string): string | null {
  if (name === 'hs_object_id') return id;
  if (name === 'createdate') return createdAt;
  if (name === 'hs_lastmodifieddate') return properties.hs_lastmodifieddate ?? updatedAt;
  if (type === 'contacts' && name === 'hs_searchable_calculated_phone_number') return calculate(properties.phone);
  if (type === 'contacts' && name === 'hs_searchable_calculated_mobile_number')
    return calculate(properties.mobilephone);
  return properties[name] ?? null;
}

/** Area code and local number, without country code, leading zeros or extension. */
function calculate(phone: string | null | undefined): string | null {
  const plain = phone?.replace(/\s*(;ext=|ext\.?|x)\s*\d+$/i, '');
  if (!plain) return null;
  const known = /^\s*\+/.test(plain) ? parsePhoneNumberFromString(plain) : undefined;
  return known?.nationalNumber ?? (plain.replace(/\D/g, '').replace(/^0+/, '') || null);
}

/** The visible text of a body. Independent of our own parser, so that its faults show. */
function read(html: string): string {
  const characters: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
  const lines = html.replace(/<(br|\/p)>/g, '\n').replace(/<p>/g, '');
  return lines.replace(/&(amp|lt|gt|quot|#39);/g, (_whole, name: string) => characters[name] ?? '').trim();
}
