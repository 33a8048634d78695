import { expect, test } from 'vitest';
import { listTurkishSpellings } from './turkish-spellings.ts';

test.each([
  ['ann@northwind.example', ['ann@northwind.example']],
  ['i', ['i']],
  ['nil@x.example', ['nil@x.example', 'nİl@x.example', 'nıl@x.example']],
  [
    'ismail@wind.example',
    ['ismail@wind.example', 'İsmaİl@wind.example', 'İsmail@wind.example', 'ısmaıl@wind.example', 'İsmaİl@wİnd.example'],
  ],
])('Turkish spellings › of %s › are listed', (email, spellings) => {
  expect(listTurkishSpellings(email)).toEqual(spellings);
});
