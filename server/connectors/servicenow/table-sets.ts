/**
 * The tables of customers, which differ by product: business contacts and consumers in Customer Service Management,
 * callers in IT Service Management. An admin chooses one set and may override columns and the case table.
 */
export type TableSet = {
  table: string;
  phones: string[];
  emails: string[];
  caseTable: string;
  /** Column of a case that refers to its customer. */
  caseCustomer: string;
  casePrefix: string;
  /** Column of an interaction that refers to its customer. */
  interactionCustomer: string;
  /** Card field names, each with a column, possibly reached along references. */
  fields: Record<string, string>;
};

export const tableSets = {
  contacts: {
    table: 'customer_contact',
    phones: ['phone', 'mobile_phone', 'home_phone'],
    emails: ['email'],
    caseTable: 'sn_customerservice_case',
    caseCustomer: 'contact',
    casePrefix: 'CS',
    interactionCustomer: 'contact',
    fields: {
      company: 'account.name',
      accountNumber: 'account.number',
      tier: 'account.rank_tier',
      timeZone: 'time_zone',
      language: 'preferred_language',
    },
  },
  consumers: {
    table: 'csm_consumer',
    phones: ['mobile_phone', 'business_phone', 'home_phone'],
    emails: ['email'],
    caseTable: 'sn_customerservice_case',
    caseCustomer: 'consumer',
    casePrefix: 'CS',
    interactionCustomer: 'consumer',
    fields: {},
  },
  callers: {
    table: 'sys_user',
    phones: ['phone', 'mobile_phone', 'home_phone'],
    emails: ['email'],
    caseTable: 'incident',
    caseCustomer: 'caller_id',
    casePrefix: 'INC',
    interactionCustomer: 'opened_for',
    fields: { company: 'company.name', timeZone: 'time_zone', language: 'preferred_language' },
  },
} satisfies Record<string, TableSet>;

export type TableSettings = {
  customers: keyof typeof tableSets;
  phoneFields: string[];
  emailFields: string[];
  caseTable?: string | undefined;
  casePrefix?: string | undefined;
  fields: Record<string, string>;
};

export function chooseTables(settings: TableSettings): TableSet {
  const { customers, phoneFields, emailFields, caseTable, casePrefix, fields } = settings;
  const set: TableSet = tableSets[customers];
  return {
    ...set,
    phones: phoneFields.length > 0 ? phoneFields : set.phones,
    emails: emailFields.length > 0 ? emailFields : set.emails,
    caseTable: caseTable ?? set.caseTable,
    casePrefix: casePrefix ?? set.casePrefix,
    fields: { ...set.fields, ...fields },
  };
}
