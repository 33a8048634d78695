/*
 * The words on screen. A feature defines its own in `messages.*.json` beside its components and reads them through the
 * `t` of its `messages.ts`; words of several features live here. Look-up, `{{values}}` and the browser's plural rules
 * are all that is needed: i18next would add 15 kB to a first load of 105 kB.
 */
import shared from './messages.en.json';

type Messages = Readonly<Record<string, string>>;
type Values = Record<string, string | number>;

/** A key without its plural form. */
type Stem<Key> = Key extends `${infer Bare}_${'one' | 'other'}` ? Bare : Key;
type SharedKey = Stem<keyof typeof shared>;
type Translate<Key> = (key: Key | SharedKey, values?: Values) => string;

let language = 'en';
let messages: Messages = shared;
let plurals = new Intl.PluralRules(language);

/** `count` selects the plural form. Values are inserted as they are: React escapes them. */
function translate(key: string, values: Values = {}): string {
  const form = typeof values.count === 'number' ? plurals.select(values.count) : 'other';
  const message = messages[`${key}_${form}`] ?? messages[`${key}_other`] ?? messages[key] ?? key;
  return message.replace(/{{(\w+)}}/g, (placeholder, name: string) => String(values[name] ?? placeholder));
}

/** The words of all features. */
export const t: Translate<SharedKey> = translate;

/** A feature's English words. `All` also names the words that load on use. */
export function defineMessages<All>(english: Messages): Translate<Stem<keyof All>> {
  addEnglish(english);
  return translate as Translate<Stem<keyof All>>;
}

/** Words of components that load on use. In another language all words are loaded already. */
export function addEnglish(more: Messages): void {
  if (language === 'en') messages = { ...messages, ...more };
}

/** The language of the words on screen; numbers and dates follow it in its regional form. */
export function locale(): string {
  return navigator.language.toLowerCase().startsWith(language) ? navigator.language : language;
}

/** To be awaited before the first render; English needs no request. */
export async function loadLanguage(wanted: string): Promise<void> {
  if (/^vi\b/i.test(wanted)) {
    messages = (await import('./vietnamese.ts')).vietnamese;
    language = 'vi';
    plurals = new Intl.PluralRules(language);
  }
  document.documentElement.lang = language;
}
