/**
 * Where in Dynamics a field of the card is kept, as an admin writes it: `preferredcontactmethodcode` is a column of the
 * contact, `account.accountcategorycode` of the contact's company, or of the company that is itself the customer. Names of
 * columns go into queries.
 */
export function isFieldPath(path: string): boolean {
  return /^(?:account\.)?(?:[a-z][a-z0-9_]{0,99}|_[a-z][a-z0-9_]{0,90}_value)$/.test(path);
}

export type CardColumns = { contact: string[]; account: string[] };

/** What Dynamics always has, unless an admin maps another. */
export const usualFields = { accountNumber: 'account.accountnumber', tier: 'account.accountcategorycode' };

export function columnsOf(fields: Record<string, string>): CardColumns {
  const paths = [...new Set(Object.values({ ...usualFields, ...fields }))];
  return {
    contact: paths.filter((path) => !path.startsWith('account.')),
    account: paths.filter((path) => path.startsWith('account.')).map(columnOf),
  };
}

/** Without the table before it. */
export function columnOf(path: string): string {
  return path.replace(/^account\./, '');
}
