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
 * In lower case, without the diacritics of Latin, Greek and Cyrillic letters. Marks of other scripts stay, because they
 * carry the vowel or the consonant.
 */
export function foldLetters(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[đðøłıħßæœþ]/g, (letter) => spelledOut[letter] ?? letter);
}
