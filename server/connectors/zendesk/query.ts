/**
 * Texts for Zendesk's search language. In it `:`, `<` and `>` compare, a leading `-` excludes, `*` is a wildcard, `"` holds
 * words together, and terms beside each other must all be met. How a quote is escaped is not documented, so nothing is
 * escaped: a text that could mean anything but itself is refused, and finds nobody.
 */

/** Agents have numbers and addresses too, and are not customers. */
const customersOnly = 'role:end-user';

/** A number's digits without country or trunk prefix: the leading `*` meets it however it was typed (Zendesk's own rule). */
export function queryByPhone(national: string, property = 'phone'): string | undefined {
  return /^\d{4,15}$/.test(national) ? `${customersOnly} ${property}:*${national}` : undefined;
}

export function queryByEmail(email: string): string | undefined {
  return isPlainEmail(email) ? `${customersOnly} email:"${email}"` : undefined;
}

/** Zendesk's people of every role. */
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

/** Words that each begin one of the name's; Zendesk searches notes and addresses with them too. */
export function queryByName(text: string): string | undefined {
  const words = splitNameQuery(text);
  return words.length > 0 ? `${customersOnly} ${words.map(asWord).join(' ')}` : undefined;
}

/** None where something stands in it that is in no name. */
export function splitNameQuery(text: string): string[] {
  if (text.length > 200 || !/^[\p{L}\p{M}\p{N}\s.,'’-]*$/u.test(text)) return [];
  return (text.match(/[\p{L}\p{N}][\p{L}\p{M}\p{N}]*/gu) ?? []).slice(0, 8);
}

/** `requester`: digits. */
export function queryOpenTickets(requester: string): string {
  return `type:ticket requester:${requester} status<solved`;
}

/** Words that other search languages know as operators. */
function asWord(word: string): string {
  return /^(and|or|not)$/i.test(word) ? `"${word}"` : word;
}

function isPlainEmail(email: string): boolean {
  return /^[^\s"\\*<>:,;()[\]\p{Cc}\p{Cf}\p{Cs}]{1,64}@[\p{L}\p{N}.-]{1,255}$/u.test(email);
}
