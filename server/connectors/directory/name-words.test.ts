import { expect, test } from 'vitest';
import { splitNameWords } from './name-words.ts';

test.each([
  ['Nguyễn Thị Ánh', ['nguyen', 'thi', 'anh']],
  ['ĐẶNG Đình', ['dang', 'dinh']],
  ['Jürgen Großmann', ['jurgen', 'grossmann']],
  ["Siobhán O'Brien", ['siobhan', 'obrien']],
  ['Søren Ærø-Łuk', ['soren', 'aero', 'luk']],
  ['İbrahim Yıldız', ['ibrahim', 'yildiz']],
  ['田中 太郎', ['田中', '太郎']],
  ['株式会社 パン', ['株式会社', 'パン'.normalize('NFKD')]],
  ['सुनीता शर्मा', ['सुनीता', 'शर्मा']],
  ['Ｆｕｌｌ　Ｗｉｄｔｈ', ['full', 'width']],
  ['Ann ann ANN', ['ann']],
  ['', []],
  ['—!?', []],
])('name words › %s › are %j', (name, words) => {
  expect(splitNameWords(name)).toEqual(words);
});

test('name words › decomposed name › same as composed', () => {
  expect(splitNameWords('Trần Đạt'.normalize('NFD'))).toEqual(splitNameWords('Trần Đạt'.normalize('NFC')));
});

test('name words › long name and company › at most twelve words of forty letters', () => {
  const words = splitNameWords('x'.repeat(100), Array.from({ length: 50 }, (_, index) => `w${index}`).join(' '), null);
  expect(words).toHaveLength(12);
  expect(words[0]).toHaveLength(40);
});
