/**
 * The rows under which a customer is found: phones, e-mails, mailboxes, case and account numbers, words of the name.
 * The import writes them, and the rebuild of the index after an update writes them anew from what is stored.
 */
import type { IdentifierReader } from '../port/identifier-reader.ts';
import { mailboxKey, readMailbox } from '../port/mailbox.ts';
import { listNumberKeys } from '../port/match-numbers.ts';
import { type FileCustomer, isShortened } from './customer-file.ts';
import type { IdentifierRow } from './customer-store.ts';
import { splitNameWords } from './name-words.ts';

/** `country`: in which national numbers are read. */
export type ReadOptions = { identifiers: IdentifierReader; country: string | undefined };

/** The parts of a customer that are indexed. */
type IndexedCustomer = Pick<FileCustomer, 'name' | 'company' | 'phones' | 'emails' | 'fields'> & {
  cases: { number: string }[];
};

/** `warnings`: values that are stored as written and never matched on, with the reason. */
type CustomerIndex = { identifiers: IdentifierRow[]; words: string[]; warnings: string[] };

// Splitting parses each piece, half the cost of a row; a cell of these characters and so few digits is one number.
const isOneNumber = /^(?!.*\s[-.]\s)(?!.*\d\s{2})(?!(?:\D*\d){14})[\d +().-]*$/;

/** Google writes several values of one kind into a cell. */
const googleSeparator = /\s*:::\s*/;

const shortened = 'is shortened by a spreadsheet, its last digits are lost';

const unreadPhones: Record<string, string> = {
  withheld: 'is a word or number for a withheld caller',
  extension: 'is an extension without a number',
  'short-code': 'is a short code, which is no number of a customer',
};

export function indexCustomer(customer: IndexedCustomer, { identifiers, country }: ReadOptions): CustomerIndex {
  const warnings: string[] = [];
  const warnUnread = (column: string, index: number, reason: string) => {
    warnings.push(`${column} ${index + 1} ${reason}; it is kept but never matched on`);
  };
  const readOrWarn = (column: string, index: number, { raw, value }: { raw: string; value: string | null }) => {
    if (value === null) warnUnread(column, index, isShortened(raw) ? shortened : 'cannot be read');
    return value;
  };
  const readPhone = (raw: string, index: number) => {
    const phone = identifiers.parsePhone(raw, country);
    if (phone.kind === 'phone') return phone.e164;
    warnUnread('phone', index, isShortened(raw) ? shortened : (unreadPhones[phone.reason ?? ''] ?? 'cannot be read'));
    return null;
  };
  if (identifiers.parsePhone(customer.name, country).kind === 'phone') {
    warnings.push('name is a phone number; it is masked like one and not matched on');
  }
  const phones = distinct(
    customer.phones
      .flatMap((cell) => cell.split(googleSeparator))
      .flatMap((cell) => (isOneNumber.test(cell) ? cell : identifiers.splitPhones(cell, country))),
  );
  const emails = distinct(customer.emails.flatMap((cell) => identifiers.splitEmails(cell)));
  const caseNumbers = distinct(customer.cases.map(({ number }) => number));
  const accountNumbers = distinct(findAccountNumbers(customer.fields));
  /** As the look-up normalizes numbers, and by the keys of all numbers that match it. */
  const readNumbers = (kind: 'case' | 'account', numbers: string[]): IdentifierRow[] => {
    const read = numbers.map((raw, position) => {
      const value = readOrWarn(`${kind} number`, position, { raw, value: identifiers.normalizeCaseNumber(raw) });
      return { kind, position, raw, value };
    });
    const keys = read
      .flatMap(({ raw, value }) =>
        value === null ? [] : listNumberKeys(kind, value).map((key) => ({ raw, value: key })),
      )
      .map((key, position) => ({ kind: `${kind}-key` as const, position, ...key }));
    return [...read, ...keys];
  };
  const rows: IdentifierRow[] = [
    ...phones.map((raw, position) => {
      return { kind: 'phone' as const, position, raw, value: readPhone(raw, position) };
    }),
    ...emails.map((raw, position) => {
      const value = readOrWarn('email', position, { raw, value: identifiers.normalizeEmail(raw) });
      return { kind: 'email' as const, position, raw, value };
    }),
    ...emails.flatMap((raw, position) => {
      const value = toMailboxKey(identifiers.normalizeEmail(raw), identifiers);
      return value === undefined ? [] : [{ kind: 'mailbox' as const, position, raw, value }];
    }),
    ...readNumbers('case', caseNumbers),
    ...readNumbers('account', accountNumbers),
  ];
  return { identifiers: rows, words: splitNameWords(customer.name, customer.company), warnings };
}

/** Undefined if only the address itself reaches the mailbox. */
function toMailboxKey(email: string | null, identifiers: IdentifierReader): string | undefined {
  const mailbox = email === null ? undefined : readMailbox(email, identifiers);
  return mailbox && mailboxKey(mailbox);
}

function findAccountNumbers(fields: FileCustomer['fields']): string[] {
  return Object.entries(fields)
    .filter(([name]) => isAccountNumberName(name))
    .map(([, value]) => value);
}

/** Under any spelling: `accountNumber`, `Account Number`, `account_number`. */
export function isAccountNumberName(name: string): boolean {
  return name.toLowerCase().replace(/[\s_-]/g, '') === 'accountnumber';
}

function distinct(texts: string[]): string[] {
  return [...new Set(texts.filter((text) => text !== ''))];
}
