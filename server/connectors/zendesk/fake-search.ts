/** Parses and evaluates the documented subset of Zendesk's search language that the connector uses. */

type SearchTerm = {
  isExcluded: boolean;
  /** Undefined: a word that may occur anywhere in a record. */
  property: string | undefined;
  operator: ':' | '<' | '>';
  value: string;
  isQuoted: boolean;
};

type SearchableUser = {
  role: string;
  phones: string[];
  emails: string[];
  name: string;
  notes: string;
  fields: Record<string, string | null>;
};

type SearchableTicket = { requesterId: number; status: string; subject: string };

/** Undefined for unbalanced quotes or an operator without a value. */
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
  return terms.every((term) => userMatches(term, user) !== term.isExcluded);
}

export function matchesTicket(terms: SearchTerm[], ticket: SearchableTicket): boolean {
  return terms.every((term) => ticketMatches(term, ticket) !== term.isExcluded);
}

function userMatches(term: SearchTerm, user: SearchableUser): boolean {
  const { property, value } = term;
  if (property === undefined) {
    const words = [user.name, user.notes, ...user.emails, ...user.phones].flatMap(splitWords);
    return term.isQuoted ? words.includes(value.toLowerCase()) : matchesWords(words, value);
  }
  if (property === 'type') return value === 'user';
  if (property === 'role') return user.role === value;
  if (property === 'name') return matchesWords(splitWords(user.name), value);
  if (property === 'phone') return user.phones.some((phone) => matchesPhone(phone, value));
  if (property === 'email') return user.emails.some((email) => matchesEmail(email, term));
  const stored = new Map(Object.entries(user.fields)).get(property);
  if (stored === null || stored === undefined) return false;
  return value.startsWith('*') ? matchesPhone(stored, value) : stored.toLowerCase() === value.toLowerCase();
}

/** Numbers are indexed without spaces and signs; a `+` in the query matches nothing. */
function matchesPhone(stored: string, value: string): boolean {
  const digits = stored.replace(/\D/g, '');
  return toPattern(value).test(digits);
}

/** A phrase matches an address that contains its words in a row, possibly another person's. */
function matchesEmail(stored: string, { value, isQuoted }: SearchTerm): boolean {
  const address = stored.toLowerCase();
  const wanted = value.toLowerCase();
  if (!isQuoted && wanted.includes('*')) return toPattern(wanted).test(address);
  return ` ${splitWords(address).join(' ')} `.includes(` ${splitWords(wanted).join(' ')} `);
}

/** `*` stands for any characters. */
function toPattern(value: string): RegExp {
  return new RegExp(`^${value.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`, 'su');
}

function ticketMatches({ property, operator, value }: SearchTerm, ticket: SearchableTicket): boolean {
  if (property === 'type') return value === 'ticket';
  if (property === 'requester') return String(ticket.requesterId) === value;
  if (property === 'status') {
    const order = ['new', 'open', 'pending', 'hold', 'solved', 'closed'];
    const difference = order.indexOf(ticket.status) - order.indexOf(value);
    return { ':': difference === 0, '<': difference < 0, '>': difference > 0 }[operator];
  }
  return property === undefined && matchesWords(splitWords(ticket.subject), value);
}

/** A word matches as a prefix. */
function matchesWords(stored: string[], value: string): boolean {
  const wanted = value.toLowerCase().replace(/\*$/, '');
  return stored.some((word) => word.startsWith(wanted));
}

function splitWords(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
}
