const maxWords = 12;
/** Characters; well below PostgreSQL's limit for an index entry (2,704 bytes). */
const maxWordLength = 40;

// Letters that Unicode does not decompose into a base letter and a mark.
const spelledOut: Record<string, string> = {
  đ: 'd',
  ð: 'd',
  ø: 'o',
  ł: 'l',
  ı: 'i',
  ħ: 'h',
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  þ: 'th',
};

/**
 * The words of a customer's name, for the index and for a search alike. Latin, Greek and Cyrillic diacritics are
 * removed; marks of other scripts stay, because they carry the vowel or the consonant.
 */
export function splitNameWords(...texts: (string | null | undefined)[]): string[] {
  const plain = texts
    .filter(Boolean)
    .join(' ')
    .slice(0, 2_000)
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\u0300-\u036f'\u2019\u02bc]/g, '')
    .replace(/[đðøłıħßæœþ]/g, (letter) => spelledOut[letter] ?? letter);
  const words = plain.split(/[^\p{L}\p{N}\p{M}]+/u).filter(Boolean);
  return [...new Set(words.map((word) => [...word].slice(0, maxWordLength).join('')))].slice(0, maxWords);
}
