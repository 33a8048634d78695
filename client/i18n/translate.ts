import { createInstance } from 'i18next';
import en from './en.json';

type Bare<Key extends string> = Key extends `${infer Stem}_${'one' | 'other'}` ? Stem : Key;

/** A flat key of en.json; of the plural forms only their stem. */
export type MessageKey = Bare<keyof typeof en>;

const messages = createInstance({
  lng: 'en',
  fallbackLng: 'en',
  resources: { en: { translation: en } },
  // Resources are at hand, so `t` works from the first line of the first module.
  initAsync: false,
  keySeparator: false,
  nsSeparator: false,
  // React escapes.
  interpolation: { escapeValue: false },
});
void messages.init();

export function t(key: MessageKey, values: Record<string, string | number> = {}): string {
  return messages.t(key, values);
}

/** The language of the words on screen; numbers and dates follow it in its regional form. */
export function locale(): string {
  const language = messages.language;
  return navigator.language.toLowerCase().startsWith(language) ? navigator.language : language;
}

/** Before the first render; English needs no request. */
export async function loadLanguage(wanted: string): Promise<void> {
  if (/^vi\b/i.test(wanted) && !messages.hasResourceBundle('vi', 'translation')) {
    const vi = await import('./vi.json');
    messages.addResourceBundle('vi', 'translation', vi.default);
    await messages.changeLanguage('vi');
  }
  document.documentElement.lang = messages.language;
}
