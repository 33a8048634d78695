/**
 * Builds queries in Zendesk's search language: `:`, `<` and `>` compare, a leading `-` excludes, `*` is a wildcard, `"`
 * quotes a phrase, and all terms must match. Escaping of quotes is not documented, so nothing is escaped: a text that
 * could mean anything but itself is rejected (undefined) and finds nobody.
 */

import type { Mailbox } from '../port/connector.ts';

/** Excludes agents, who have numbers and addresses too. */
const customersOnly = 'role:end-user';

/** National digits: the leading `*` matches every spelling of the number (documented by Zendesk). */
export function queryByPhone(national: string, property = 'phone'): string | undefined {
  return /^\d{4,15}$/.test(national) ? `${customersOnly} ${property}:*${national}` : undefined;
}

/** Numbers with an extension or another number behind them. */
export function queryByPhoneInside(national: string, property = 'phone'): string | undefined {
  const query = queryByPhone(national, property);
  return query && `${query}*`;
}

/** Every address of the mailbox, and some of others. */
export function queryByMailbox({ local }: Mailbox): string {
  return `${customersOnly} email:${[...local].join('*')}*@g*mail.com`;
}

export function queryByEmail(email: string): string | undefined {
  return isPlainEmail(email) ? `${customersOnly} email:"${email}"` : undefined;
}

export function queryAgentByEmail(email: string): string | undefined {
  return isPlainEmail(email) ? `type:user email:"${email}"` : undefined;
}

export function queryByUserField(key: string, value: string): string | undefined {
  return /^[\p{L}\p{N}](?:[\p{L}\p{N} ./_-]{0,62}[\p{L}\p{N}])?$/u.test(value)
    ? `${customersOnly} ${key}:"${value}"`
    : undefined;
}

export function queryByEmailPrefix(text: string): string | undefined {
  return /^[a-z0-9][\w.+'@-]{0,126}$/i.test(text) ? `${customersOnly} email:${text}*` : undefined;
}

/** Zendesk searches notes and addresses with these words too. */
export function queryByName(text: string): string | undefined {
  const words = splitNameQuery(text);
  return words.length > 0 ? `${customersOnly} ${words.map(asWord).join(' ')}` : undefined;
}

/** Empty if the text has characters that no name contains. */
export function splitNameQuery(text: string): string[] {
  if (text.length > 200 || !/^[\p{L}\p{M}\p{N}\s.,'’-]*$/u.test(text)) return [];
  return (text.match(/[\p{L}\p{N}][\p{L}\p{M}\p{N}]*/gu) ?? []).slice(0, 8);
}

/** `requester`: digits. */
export function queryOpenTickets(requester: string): string {
  return `type:ticket requester:${requester} status<solved`;
}

/** Quotes words that other search languages treat as operators. */
function asWord(word: string): string {
  return /^(and|or|not)$/i.test(word) ? `"${word}"` : word;
}

function isPlainEmail(email: string): boolean {
  return /^[^\s"\\*<>:,;()[\]\p{Cc}\p{Cf}\p{Cs}]{1,64}@[\p{L}\p{N}.-]{1,255}$/u.test(email);
}
