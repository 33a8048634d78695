import type { IdentifierReader } from '../port/identifier-reader.ts';

type Counts = { line: number; values: number; phones: number; emails: number };

/** More names than this do not come from columns. */
const maxFields = 1_000;

/**
 * Finds fields whose values look like phones or e-mails: no customer is found by a field. Fields that a number of
 * another kind has by its name are left out.
 */
export function createUnusedColumns({ parsePhone, normalizeEmail }: IdentifierReader, country: string | undefined) {
  const counts = new Map<string, Counts>();

  return {
    add(line: number, fields: Record<string, string>): void {
      for (const [name, value] of Object.entries(fields)) {
        const known = counts.get(name) ?? { line, values: 0, phones: 0, emails: 0 };
        if (known.values === 0 && counts.size >= maxFields) continue;
        counts.set(name, known);
        known.values += 1;
        if (value.length > 100) continue;
        if (value.includes('@')) known.emails += Number(normalizeEmail(value) !== null);
        else if (looksLikePhone(value, name) && parsePhone(value, country).kind === 'phone') known.phones += 1;
        if (known.phones + known.emails === 1) known.line = line;
      }
    },

    /** `line`: the first line with such a value. */
    list(): { line: number; name: string; kind: 'phone' | 'email'; count: number; values: number }[] {
      return [...counts].flatMap(([name, { line, values, phones, emails }]) => {
        if ((phones + emails) * 2 < values || phones + emails === 0) return [];
        const kind = phones >= emails ? 'phone' : 'email';
        return [{ line, name, kind, count: Math.max(phones, emails), values }];
      });
    },
  };
}

const date = /^(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{2,4})(?:[ T].*)?$/;
const amount = /^-?\d{1,3}(?:[ .,']\d{3})*(?:[.,]\d{1,2})$|^-?\d+[.,]\d+$/;
const otherNumber =
  /\b(?:id|ids|account|order|case|ticket|invoice|contract|customer|code|zip|postal|plz|amount|price|total|sum|balance|date|time|created|updated|modified|iban|tax|vat|imei|serial|sku)\b|(?:id|nr|code)$/i;

function looksLikePhone(value: string, name: string): boolean {
  const text = value.trim();
  const digits = text.replace(/\D/g, '').length;
  if (digits < 7 || digits > 15 || !/^[+(]?[\d\s().+/-]+(?:(?:ext|x|#)[. ]*\d+)?$/i.test(text)) return false;
  if (date.test(text) || amount.test(text)) return false;
  if (/^\+|^00/.test(text)) return true;
  // Digits alone are as often the number of something else.
  const words = name.replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2').replace(/_/g, ' ');
  return (/[\s().-]/.test(text) || digits >= 9) && !otherNumber.test(words);
}
