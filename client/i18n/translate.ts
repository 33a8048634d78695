/*
 * The words on screen. Written here because nothing else is needed than a look-up, `{{values}}` and the browser's own
 * plural rules: the usual library weighs 15 kB of the 110 kB that the whole panel may have on its first load.
 */
import en from './en.json';
import type enOnUse from './en-on-use.json';

type Bare<Key extends string> = Key extends `${infer Stem}_${'one' | 'other'}` ? Stem : Key;

/** A flat key of the English files; of the plural forms only their stem. */
export type MessageKey = Bare<keyof typeof en | keyof typeof enOnUse>;

type Messages = Readonly<Record<string, string>>;

let language = 'en';
let messages: Messages = en;
let plurals = new Intl.PluralRules(language);

/** `count` chooses the plural form. Values are inserted as they are: React escapes. */
export function t(key: MessageKey, values: Record<string, string | number> = {}): string {
  const form = typeof values.count === 'number' ? plurals.select(values.count) : 'other';
  const message = messages[`${key}_${form}`] ?? messages[`${key}_other`] ?? messages[key] ?? key;
  return message.replace(/{{(\w+)}}/g, (placeholder, name: string) => String(values[name] ?? placeholder));
}

/** The language of the words on screen; numbers and dates follow it in its regional form. */
export function locale(): string {
  return navigator.language.toLowerCase().startsWith(language) ? navigator.language : language;
}

/** English words of what a click opens (`words-on-use.ts`). Another language has brought all of its words already. */
export function addEnglish(more: Messages): void {
  if (language === 'en') messages = { ...messages, ...more };
}

/** Before the first render; English needs no request. */
export async function loadLanguage(wanted: string): Promise<void> {
  if (/^vi\b/i.test(wanted)) {
    messages = (await import('./vi.json')).default;
    language = 'vi';
    plurals = new Intl.PluralRules(language);
  }
  document.documentElement.lang = language;
}
