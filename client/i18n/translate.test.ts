// @vitest-environment happy-dom

import { expect, test } from 'vitest';
import enAtFirst from './en.json';
import enOnUse from './en-on-use.json';
import { loadLanguage, t } from './translate.ts';
import vi from './vi.json';
import './words-on-use.ts';

const en = { ...enAtFirst, ...enOnUse };

const placeholders = (text: string) => [...text.matchAll(/{{\w+}}/g)].map(String).sort();

test('Vietnamese says everything English says, with the same placeholders', () => {
  expect(Object.keys(vi).sort()).toEqual(Object.keys(en).sort());
  const differing = Object.entries(en).filter(
    ([key, text]) => String(placeholders(text)) !== String(placeholders((vi as Record<string, string>)[key] ?? '')),
  );
  expect(differing).toEqual([]);
});

test('counts choose the plural form', () => {
  expect(t('face.possible', { count: 2 })).toBe('2 possible customers');
  expect(t('search.found', { count: 1 })).toBe('1 customer found');
});

test('values are inserted as they are, for React escapes them', () => {
  expect(t('announce.customer', { name: '<b>Ánh</b> {{x}}' })).toBe('Customer: <b>Ánh</b> {{x}}');
});

test('Vietnamese is loaded when the browser asks for it', async () => {
  await loadLanguage('vi-VN');
  expect(t('state.retry')).toBe('Thử lại');
  expect(t('face.possible', { count: 2 })).toBe('2 khách hàng có thể');
  expect(document.documentElement.lang).toBe('vi');
});
