/**
 * Paths to card fields, as an admin writes them: `preferredcontactmethodcode` is a column of the contact,
 * `account.accountcategorycode` one of the contact's company, or of the company that is itself the customer. Column
 * names become part of queries, so their form is checked.
 */
export function isFieldPath(path: string): boolean {
  return /^(?:account\.)?(?:[a-z][a-z0-9_]{0,99}|_[a-z][a-z0-9_]{0,90}_value)$/.test(path);
}

type CardColumns = { contact: string[]; account: string[] };

/** Standard fields, unless an admin maps others. */
export const defaultFields = { accountNumber: 'account.accountnumber', tier: 'account.accountcategorycode' };

export function columnsOf(fields: Record<string, string>): CardColumns {
  const paths = [...new Set(Object.values({ ...defaultFields, ...fields }))];
  return {
    contact: paths.filter((path) => !path.startsWith('account.')),
    account: paths.filter((path) => path.startsWith('account.')).map(columnOf),
  };
}

/** The column without its table. */
export function columnOf(path: string): string {
  return path.replace(/^account\./, '');
}
