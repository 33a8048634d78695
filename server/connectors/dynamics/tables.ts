/** The tables whose records are customers: people, companies and prospects. */
export type TableName = 'contact' | 'account' | 'lead';

/** The vendor's names. `set` is the name in URLs, `id` and `name` are columns. */
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
