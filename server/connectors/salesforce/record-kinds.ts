/**
 * The kinds of records that are customers, and the fields of each that are asked for. A Contact is a person; a Lead is one
 * who may become a customer, and turns into a Contact when converted; an Account is a company, which is the customer where
 * nobody of it is met.
 *
 * Where on a record a field of the card is kept, as an admin writes it: `Account.Tier__c`, `Contact.Language__c`,
 * `Lead.Rating`, or `Title`, which is the Contact's. Relations are followed with dots: `Account.Owner.Name`.
 */
export type KindName = 'Contact' | 'Lead' | 'Account';

export type RecordKind = {
  name: KindName;
  /** The first characters of its ids, the same in every organisation. */
  prefix: string;
  phones: string[];
  emails: string[];
  company?: string;
  /** Names on the card, each with its place on this record. */
  card: [name: string, path: string][];
  /** Of those that are searched for. */
  condition?: string;
};

export type KindSettings = {
  fields: Record<string, string>;
  /** `Contact.Work_Phone__c` */
  phoneFields: string[];
  emailFields: string[];
  leads: 'search' | 'ignore';
};

const standard: Omit<RecordKind, 'card'>[] = [
  {
    name: 'Contact',
    prefix: '003',
    company: 'Account.Name',
    emails: ['Email'],
    // Not AssistantPhone: that is somebody else's. Not Fax: nobody calls from it.
    phones: ['Phone', 'MobilePhone', 'HomePhone', 'OtherPhone'],
  },
  // A converted one lives on as a Contact.
  {
    name: 'Lead',
    prefix: '00Q',
    company: 'Company',
    emails: ['Email'],
    phones: ['Phone', 'MobilePhone'],
    condition: 'IsConverted = false',
  },
  { name: 'Account', prefix: '001', emails: [], phones: ['Phone'] },
];

const usual: Record<KindName, Record<string, string>> = {
  Contact: { owner: 'Contact.Owner.Name', accountNumber: 'Account.AccountNumber' },
  Lead: { owner: 'Lead.Owner.Name' },
  Account: { owner: 'Account.Owner.Name', accountNumber: 'Account.AccountNumber' },
};

export function createRecordKinds({ fields, phoneFields, emailFields, leads }: KindSettings): RecordKind[] {
  return standard
    .filter(({ name }) => name !== 'Lead' || leads === 'search')
    .map((kind) => {
      const own = (paths: string[]) => paths.flatMap((path) => placeOn(kind.name, path) ?? []);
      const card = Object.entries({ ...usual[kind.name], ...fields }).flatMap(([name, path]) => {
        const place = placeOn(kind.name, path);
        return place === undefined ? [] : [[name, place] satisfies [string, string]];
      });
      return {
        ...kind,
        card,
        phones: [...kind.phones, ...own(phoneFields)],
        emails: [...kind.emails, ...own(emailFields)],
      };
    });
}

/** Letters, digits, `_` and at most five dots, which is as far as Salesforce follows relations: it goes into queries. */
export const fieldPath = /^[A-Za-z]\w{0,79}(?:\.[A-Za-z]\w{0,79}){0,5}$/;
/** With its record's kind before it. */
export const fieldOfKind = /^(?:Contact|Lead|Account)\.[A-Za-z]\w{0,79}$/;

/** Undefined where a record of this kind has no such place. */
export function placeOn(kind: KindName, path: string): string | undefined {
  const [first, ...rest] = path.split('.');
  if (first === kind) return rest.length > 0 ? rest.join('.') : undefined;
  return kind === 'Contact' && first !== 'Lead' ? path : undefined;
}

export function isRecordId(id: string): boolean {
  return /^[A-Za-z0-9]{18}$/.test(id);
}

/** Undefined for an id that was never given out here: one malformed id and Salesforce refuses the whole query. */
export function kindOfId<Kind extends Pick<RecordKind, 'prefix'>>(id: string, kinds: Kind[]): Kind | undefined {
  return isRecordId(id) ? kinds.find(({ prefix }) => id.startsWith(prefix)) : undefined;
}
