/** Whom Dynamics knows as a customer: people, companies, and people of whom sales does not know yet what they will be. */
export type TableName = 'contact' | 'account' | 'lead';

/** The vendor's names. `set` stands in paths, `id` and `name` are columns. */
export type Table = { set: string; id: string; name: string; phones: string[]; emails: string[] };

const emails = ['emailaddress1', 'emailaddress2', 'emailaddress3'];

export const tables: Record<TableName, Table> = {
  contact: {
    set: 'contacts',
    id: 'contactid',
    name: 'fullname',
    emails,
    phones: ['telephone1', 'mobilephone', 'telephone2', 'telephone3'],
  },
  account: {
    set: 'accounts',
    id: 'accountid',
    name: 'name',
    emails,
    phones: ['telephone1', 'telephone2', 'telephone3'],
  },
  lead: {
    set: 'leads',
    id: 'leadid',
    name: 'fullname',
    emails,
    phones: ['telephone1', 'mobilephone', 'telephone2', 'telephone3'],
  },
};

export function summaryColumns({ id, name, phones, emails: addresses }: Table): string[] {
  return [id, name, ...phones, ...addresses];
}
