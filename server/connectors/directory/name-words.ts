import { foldLetters } from '../../platform/fold-letters.ts';

const maxWords = 12;
/** Characters; well below PostgreSQL's limit for an index entry (2,704 bytes). */
const maxWordLength = 40;

/**
 * The words of a customer's name, for the index and for a search alike. Latin, Greek and Cyrillic diacritics are
 * removed; marks of other scripts stay, because they carry the vowel or the consonant.
 */
export function splitNameWords(...texts: (string | null | undefined)[]): string[] {
  const joined = texts.filter(Boolean).join(' ').slice(0, 2_000);
  const plain = foldLetters(joined).replace(/['\u2019\u02bc]/g, '');
  const words = plain.split(/[^\p{L}\p{N}\p{M}]+/u).filter(Boolean);
  return [...new Set(words.map((word) => [...word].slice(0, maxWordLength).join('')))].slice(0, maxWords);
}
