/*
 * Zoom counts its account id as personal data, so stored bodies hold this installation's key for the account in its
 * place: `"account_id":"key:<key>"`. Bodies that former versions stored hold the id.
 */

const prefix = 'key:';

/** In JSON text that may be unreadable otherwise. An id inside a string has escaped quotes and is not one of these. */
const accountIds = /("account_id"\s*:\s*)"((?:[^"\\]|\\.){0,512})"/g;

/** Replaces the account ids of a body, however deep they stand. */
export function hideAccountIds(body: string, accountKeyFor: (accountId: string) => string): string {
  return body.replace(accountIds, (_, name: string, id: string) => `${name}"${prefix}${accountKeyFor(id)}"`);
}

/** The key for the account that a stored body names. */
export function readAccountKey(accountId: string, accountKeyFor: (accountId: string) => string): string {
  return accountId.startsWith(prefix) ? accountId.slice(prefix.length) : accountKeyFor(accountId);
}
