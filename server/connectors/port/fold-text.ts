import { foldLetters } from '../../platform/fold-letters.ts';

/** Without accents, letter case and surrounding spaces, as databases compare texts by default. */
export function foldText(text: string): string {
  return foldLetters(text).replace(/\p{M}/gu, '').trim();
}

/** A name as typed, and without accents if it has any: a CRM may hold either, and need not compare them alike. */
export function listNameSpellings(text: string): string[] {
  const plain = foldLetters(text);
  return plain === text.normalize('NFKD').toLowerCase() ? [text] : [text, plain];
}

/** Whether each word of `text` begins a word of the name, regardless of accents and letter case. */
export function hasWords(name: string, text: string): boolean {
  const nameWords = splitWords(name);
  const wantedWords = splitWords(text);
  return (
    wantedWords.length > 0 && wantedWords.every((word) => nameWords.some((candidate) => candidate.startsWith(word)))
  );
}

function splitWords(text: string): string[] {
  return foldText(text).match(/[\p{L}\p{N}]+/gu) ?? [];
}
