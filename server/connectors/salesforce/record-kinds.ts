/**
 * The kinds of records that are customers, and the fields read of each. A Contact is a person. A Lead is a prospect,
 * and turns into a Contact when converted. An Account is a company; it is the hit if none of its people matches.
 *
 * Admins map card fields to paths such as `Account.Tier__c`, `Contact.Language__c` or `Lead.Rating`; a path without a
 * kind, such as `Title`, belongs to the Contact. Dots follow relations: `Account.Owner.Name`.
 */
type KindName = 'Contact' | 'Lead' | 'Account';

export type RecordKind = {
  name: KindName;
  /** First characters of the ids, the same in every organization. */
  prefix: string;
  phones: string[];
  emails: string[];
  company?: string;
  /** Card field names, each with its path on this record. */
  card: [name: string, path: string][];
  /** Added to every search for this kind. */
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
    // Without AssistantPhone, which is another person's number, and Fax.
    phones: ['Phone', 'MobilePhone', 'HomePhone', 'OtherPhone'],
  },

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

const defaultFields: Record<KindName, Record<string, string>> = {
  Contact: { owner: 'Contact.Owner.Name', accountNumber: 'Account.AccountNumber' },
  Lead: { owner: 'Lead.Owner.Name' },
  Account: { owner: 'Account.Owner.Name', accountNumber: 'Account.AccountNumber' },
};

export function createRecordKinds({ fields, phoneFields, emailFields, leads }: KindSettings): RecordKind[] {
  return standard
    .filter(({ name }) => name !== 'Lead' || leads === 'search')
    .map((kind) => {
      const ownPaths = (paths: string[]) => paths.flatMap((path) => relativePath(kind.name, path) ?? []);
      const card = Object.entries({ ...defaultFields[kind.name], ...fields }).flatMap(([name, path]) => {
        const ownPath = relativePath(kind.name, path);
        return ownPath === undefined ? [] : [[name, ownPath] satisfies [string, string]];
      });
      return {
        ...kind,
        card,
        phones: [...kind.phones, ...ownPaths(phoneFields)],
        emails: [...kind.emails, ...ownPaths(emailFields)],
      };
    });
}

/** Safe inside a query. Salesforce follows at most five relations. */
export const fieldPath = /^[A-Za-z]\w{0,79}(?:\.[A-Za-z]\w{0,79}){0,5}$/;
/** A field with the kind of its record in front. */
export const fieldOfKind = /^(?:Contact|Lead|Account)\.[A-Za-z]\w{0,79}$/;

/** The path from a record of this kind; undefined if the path belongs to another kind. */
export function relativePath(kind: KindName, path: string): string | undefined {
  const [first, ...rest] = path.split('.');
  if (first === kind) return rest.length > 0 ? rest.join('.') : undefined;
  return kind === 'Contact' && first !== 'Lead' ? path : undefined;
}

export function isRecordId(id: string): boolean {
  return /^[A-Za-z0-9]{18}$/.test(id);
}

/** Undefined for an id of another kind or form: one malformed id makes Salesforce reject the whole query. */
export function kindOfId<Kind extends Pick<RecordKind, 'prefix'>>(id: string, kinds: Kind[]): Kind | undefined {
  return isRecordId(id) ? kinds.find(({ prefix }) => id.startsWith(prefix)) : undefined;
}
