/** The part of Zendesk's search language that a connector may use, read and evaluated as its reference describes it. */

export type SearchTerm = {
  isExcluded: boolean;
  /** undefined: a word that may stand anywhere in a record. */
  property: string | undefined;
  operator: ':' | '<' | '>';
  value: string;
  isQuoted: boolean;
};

export type SearchableUser = {
  role: string;
  phones: string[];
  emails: string[];
  name: string;
  notes: string;
  fields: Record<string, string | null>;
};

export type SearchableTicket = { requesterId: number; status: string; subject: string };

/** Undefined: quotes that do not close, or an operator without a value. */
export function parseSearch(text: string): SearchTerm[] | undefined {
  const term = /\s*(-?)(?:([\p{L}_][\p{L}\p{N}_]*)([:<>]))?(?:"([^"]*)"|([^\s"]+))(?=\s|$)/uy;
  const terms: SearchTerm[] = [];
  while (text.slice(term.lastIndex).trim() !== '') {
    const [whole, minus, property, operator = ':', quoted, word] = term.exec(text) ?? [];
    if (whole === undefined) return undefined;
    terms.push({
      isExcluded: minus === '-',
      property,
      operator: operator as SearchTerm['operator'],
      value: quoted ?? word ?? '',
      isQuoted: quoted !== undefined,
    });
  }
  return terms;
}

export function matchesUser(terms: SearchTerm[], user: SearchableUser): boolean {
  return terms.every((term) => userMeets(term, user) !== term.isExcluded);
}

export function matchesTicket(terms: SearchTerm[], ticket: SearchableTicket): boolean {
  return terms.every((term) => ticketMeets(term, ticket) !== term.isExcluded);
}

function userMeets(term: SearchTerm, user: SearchableUser): boolean {
  const { property, value } = term;
  if (property === undefined) {
    const words = [user.name, user.notes, ...user.emails, ...user.phones].flatMap(splitWords);
    return term.isQuoted ? words.includes(value.toLowerCase()) : meetsWords(words, value);
  }
  if (property === 'type') return value === 'user';
  if (property === 'role') return user.role === value;
  if (property === 'name') return meetsWords(splitWords(user.name), value);
  if (property === 'phone') return user.phones.some((phone) => meetsPhone(phone, value));
  if (property === 'email') return user.emails.some((email) => meetsEmail(email, term));
  const held = new Map(Object.entries(user.fields)).get(property);
  if (held === null || held === undefined) return false;
  return value.startsWith('*') ? meetsPhone(held, value) : held.toLowerCase() === value.toLowerCase();
}

/** Kept without spaces and signs; a `+` in the question meets nothing. */
function meetsPhone(held: string, value: string): boolean {
  const digits = held.replace(/\D/g, '');
  return value.startsWith('*') ? digits.endsWith(value.slice(1)) : digits === value;
}

/** A phrase meets an address that holds its words in a row, as that of somebody else may. */
function meetsEmail(held: string, { value, isQuoted }: SearchTerm): boolean {
  const address = held.toLowerCase();
  const wanted = value.toLowerCase();
  if (!isQuoted && wanted.endsWith('*')) return address.startsWith(wanted.slice(0, -1));
  return ` ${splitWords(address).join(' ')} `.includes(` ${splitWords(wanted).join(' ')} `);
}

function ticketMeets({ property, operator, value }: SearchTerm, ticket: SearchableTicket): boolean {
  if (property === 'type') return value === 'ticket';
  if (property === 'requester') return String(ticket.requesterId) === value;
  if (property === 'status') {
    const order = ['new', 'open', 'pending', 'hold', 'solved', 'closed'];
    const difference = order.indexOf(ticket.status) - order.indexOf(value);
    return { ':': difference === 0, '<': difference < 0, '>': difference > 0 }[operator];
  }
  return property === undefined && meetsWords(splitWords(ticket.subject), value);
}

/** A word meets those that begin with it. */
function meetsWords(held: string[], value: string): boolean {
  const wanted = value.toLowerCase().replace(/\*$/, '');
  return held.some((word) => word.startsWith(wanted));
}

function splitWords(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
}
