import { describe, expect, test } from 'vitest';
import { hasWords } from './fold-text.ts';

describe('name words', () => {
  test.each([
    ['Zoë Lee', 'zoe'],
    ['Ann Lee', 'lee ann'],
    ['Nguyễn Văn Ân', 'van nguyen'],
    ["Aoife O'Brien", "o'bri"],
    ['Aoife O’Brien', 'o’brien'],
    ['Zoë Müller', 'muller zoe'],
    ['Ann Lee', 'ann le'],
    ['Đặng Thị Hoa', 'dang'],
    ['Dang Thi Hoa', 'Đặng Hoa'],
    ['Søren Ærø', 'soren aer'],
    ['Jürgen Großmann', 'grossm'],
    ['Łukasz Żak', 'lukasz zak'],
    ['İsmail Yıldız', 'ismail yildiz'],
    ['Ｆｕｌｌ　Ｗｉｄｔｈ', 'full'],
  ])('%s › %s › each word begins a word of the name', (name, text) => {
    expect(hasWords(name, text)).toBe(true);
  });

  test.each([
    ['Ann Lee', 'nn'],
    ['Ann Lee', 'ann bo'],
    ['Ann Lee', ' -'],
    ['Ann Lee', 'nn lee'],
    ['Ann Lee', '*'],
  ])('%s › %s › do not match', (name, text) => {
    expect(hasWords(name, text)).toBe(false);
  });
});
