import { describe, expect, test } from 'vitest';
import { hasWords } from './fold-text.ts';

describe('words of a name', () => {
  test.each([
    ['Zoë Lee', 'zoe'],
    ['Ann Lee', 'lee ann'],
    ['Nguyễn Văn Ân', 'van nguyen'],
    ["Aoife O'Brien", "o'bri"],
  ])('%s › %s › each word begins a word of the name', (name, text) => {
    expect(hasWords(name, text)).toBe(true);
  });

  test.each([
    ['Ann Lee', 'nn'],
    ['Ann Lee', 'ann bo'],
    ['Ann Lee', ' -'],
  ])('%s › %s › do not match', (name, text) => {
    expect(hasWords(name, text)).toBe(false);
  });
});
