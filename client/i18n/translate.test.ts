// @vitest-environment happy-dom

import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { defineMessages } from './translate.ts';

type Words = Record<string, string>;

const english = import.meta.glob<Words>('../*/messages*.en.json', { eager: true, import: 'default' });
const vietnamese = import.meta.glob<Words>('../*/messages.vi.json', { eager: true, import: 'default' });
const englishOf = (folder: string): Words =>
  Object.assign({}, ...Object.keys(english).map((path) => (folderOf(path) === folder ? english[path] : {})));
const folderOf = (path: string) => path.slice(0, path.lastIndexOf('/'));
const placeholders = (text = '') => String([...text.matchAll(/{{\w+}}/g)].map(String).sort());

describe.each(Object.keys(vietnamese).map(folderOf))('words of %s', (folder) => {
  const en = englishOf(folder);
  const translated = vietnamese[`${folder}/messages.vi.json`] ?? {};

  it('Vietnamese › has every key of English, with the same placeholders', () => {
    expect(Object.keys(translated).sort()).toEqual(Object.keys(en).sort());
    expect(Object.keys(en).filter((key) => placeholders(en[key]) !== placeholders(translated[key]))).toEqual([]);
  });
});

describe('translation', () => {
  const t = defineMessages<Words>(Object.assign({}, ...Object.values(english)));

  it('a count › selects the plural form', () => {
    expect(t('contact.unwritten', { count: 2 })).toBe('+ 2 without a note');
    expect(t('search.found', { count: 1 })).toBe('1 customer found');
  });

  it('a value with markup › is inserted as it is, for React to escape', () => {
    expect(t('announce.customer', { name: '<b>Ánh</b> {{x}}' })).toBe('Customer: <b>Ánh</b> {{x}}');
  });

  it('no two features › define the same key', () => {
    const keys = Object.keys(vietnamese).flatMap((path) => Object.keys(englishOf(folderOf(path))));
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  });

  it('a Vietnamese browser › loads the words of every feature', async () => {
    // Test files share modules: a copy of its own, or others would find Vietnamese words.
    vi.resetModules();
    onTestFinished(() => void vi.resetModules());
    const { defineMessages, loadLanguage } = await import('./translate.ts');
    const t = defineMessages<Words>({});
    await loadLanguage('vi-VN');
    expect(t('state.retry')).toBe('Thử lại');
    expect(t('verify.hidden', { count: 1 })).toBe('1 chi tiết bị ẩn. Xác minh để xem.');
    expect(document.documentElement.lang).toBe('vi');
  });
});
