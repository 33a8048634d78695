/**
 * Mailboxes that ignore dots and `+tag`, and have two domains: Gmail's (support.google.com/mail/answer/7436150 and
 * /22370). The identifier reader decides which addresses are one mailbox; these are the ways to find its other
 * addresses in a CRM.
 */
import type { CustomerSummary, Mailbox } from './connector.ts';
import { foldText } from './fold-text.ts';
import type { IdentifierReader } from './identifier-reader.ts';
import { isFailure, joinFound, mapItems, type Outcome } from './outcome.ts';

/** Undefined if only the address itself reaches the mailbox. */
export function readMailbox(email: string, identifiers: Pick<IdentifierReader, 'toMailbox'>): Mailbox | undefined {
  const [local = '', domain] = identifiers.toMailbox(email).split('@');
  // Google gives out letters and digits only. In anything else a wildcard could hide.
  if (domain !== 'gmail.com' || !/^[a-z0-9]{1,64}$/.test(local)) return undefined;
  return { local, domains: ['gmail.com', 'googlemail.com'] };
}

/** One text for all addresses of the mailbox. */
export function mailboxKey({ local, domains: [domain] }: Mailbox): string {
  return `${local}@${domain}`;
}

/** A pattern of SQL's LIKE for every address of the mailbox, and some of others. */
export function toMailboxPattern({ local }: Mailbox): string {
  return `${[...local].join('%')}%@g%mail.com`;
}

/**
 * Beginnings of the addresses that people write: without dots, with one at any place, with one behind every letter or
 * behind each of several initials, and with two. At most `max`.
 */
export function listSpellings({ local }: Mailbox, max: number): string[] {
  const letters = [...local];
  const places = letters.slice(1).map((_letter, index) => index + 1);
  const pairs = places.flatMap((first) => places.filter((second) => second > first).map((second) => [first, second]));
  const dots = [[], ...places.map((place) => [place]), places, places.slice(0, 3), places.slice(0, 4), ...pairs];
  const spellings = dots.map((at) =>
    letters.map((letter, index) => (at.includes(index) ? `.${letter}` : letter)).join(''),
  );
  return [...new Set(spellings)].slice(0, max);
}

/** Whether the address, or one of the same mailbox, stands by itself in a field, perhaps among others. */
export function holdsAddress({ emails }: CustomerSummary, email: string, mailbox?: Mailbox): boolean {
  return emails.some(({ raw }) =>
    foldText(raw)
      .split(/[\s,;:|/<>()"]+/)
      .some((piece) => piece === foldText(email) || (mailbox !== undefined && reaches(piece, mailbox))),
  );
}

/** Whether an address of the customer reaches the mailbox, as far as its writing shows. */
export function holdsMailbox({ emails }: CustomerSummary, mailbox: Mailbox): boolean {
  return emails.some(({ raw }) => reaches(foldText(raw), mailbox));
}

/**
 * Customers with the address itself, and with the other addresses of its mailbox. The pattern for those also matches
 * others, so it may be cut or refused: that never hides a customer with the address itself.
 */
export function joinMailbox(
  exact: Outcome<CustomerSummary[]>,
  others: Outcome<CustomerSummary[]>,
): Outcome<CustomerSummary[]> {
  if (exact.kind !== 'found') return joinFound([exact, others]);
  if (isFailure(others)) return exact;
  const ids = new Set(exact.value.map(({ id }) => id));
  return joinFound([exact, mapItems(others, (each) => (ids.has(each.id) ? [] : [each]))]);
}

function reaches(address: string, { local, domains }: Mailbox): boolean {
  const [, name = '', domain = ''] = /^(.+)@(.+)$/s.exec(address) ?? [];
  return domains.includes(domain) && name.replace(/\+.*$/s, '').replaceAll('.', '') === local;
}
