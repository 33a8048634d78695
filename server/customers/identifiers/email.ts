import { domainToASCII } from 'node:url';
import { decodePercent } from './plain-text.ts';
import { unwrapCell } from './spreadsheet-value.ts';

const maxLength = 512;

/** One address behind a name, which may be quoted or the address itself. */
const named = /^(?:"[^"]*"\s*|[^<>@]*|[^<>,;\s]*\s*)<([^<>]*)>[\s,;]*$/;

/**
 * Letter case is folded in the local part by the rules of all languages (few systems treat `Ann@` and `ann@` as
 * different), in the domain by those of domain names: there `ı` and `ß` are letters of other domains.
 */
export function normalizeEmail(raw: string): string | null {
  if (raw.length > maxLength) return null;
  const { local, domain } = takeApart(raw);
  const name = foldCase(local);
  if (name.length > 64 || !/^[^\s.@<>"(),:;\\[\]\p{C}]+(?:\.[^\s.@<>"(),:;\\[\]\p{C}]+)*$/u.test(name)) return null;
  const lowerDomain = domain.replaceAll('İ', 'i').toLowerCase();
  if (!/^[\p{L}\p{N}\p{M}.-]+$/u.test(lowerDomain)) return null;
  const ascii = domainToASCII(lowerDomain);
  const isDomain = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/.test(ascii);
  // Phone systems write anonymous@anonymous.invalid for a withheld address.
  if (!isDomain || ascii.endsWith('.invalid') || name.length + ascii.length > 253) return null;
  return `${name}@${ascii}`;
}

/**
 * A key under which two normalized addresses are one mailbox. Google ignores dots and a `+tag` in gmail.com, which is
 * googlemail.com too; of any other provider only the address itself is certain.
 */
export function toMailbox(email: string): string {
  const [, local = '', domain = ''] = /^(.+)@(.+)$/s.exec(email) ?? [];
  if (domain !== 'gmail.com' && domain !== 'googlemail.com') return email;
  const name = local.replace(/\+.*$/s, '').replaceAll('.', '');
  return name === '' ? email : `${name}@gmail.com`;
}

/** Whether the address as written differs from the normalized one in more than the case of ASCII letters. */
export function isFoldedEmail(raw: string): boolean {
  const { local } = takeApart(raw, (text) => text);
  return local !== '' && local.toLowerCase() !== foldCase(local.normalize('NFKC'));
}

function takeApart(raw: string, toText = (text: string) => text.normalize('NFKC')): { local: string; domain: string } {
  const text = unwrapCell(
    toText(raw)
      .replace(/\p{Cf}/gu, '')
      .trim(),
  );
  const address = named.exec(text)?.[1] ?? text.replace(/\s*\([^()]*\)$/, '');
  const bare = unwrapCell(address.trim())
    .replace(/^mailto:([^?]*).*$/is, (_, target: string) => decodePercent(target))
    .replace(/^(?:smtp|e-?mail|mail|home|work|office|business|private|personal|other|privat)\s?:\s*/i, '')
    .replace(/[.,;\s]+$/, '');
  const at = bare.search(/[@＠﹫](?!.*[@＠﹫])/su);
  return { local: bare.slice(0, Math.max(at, 0)), domain: bare.slice(at + 1) };
}

/**
 * Letters that differ in case alone become equal, code point by code point: `ß` and `SS`, `ς` and `Σ`, and the dotted
 * and dotless i with which a Turkish system writes another's letters.
 */
function foldCase(text: string): string {
  if (/^[!-~]*$/.test(text)) return text.toLowerCase();
  return Array.from(text, (letter) => letter.toLowerCase().toUpperCase().toLowerCase())
    .join('')
    .replaceAll('i\u0307', 'i')
    .normalize('NFC');
}
