import { locale, t } from './translate.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/**
 * Caches formatters: creating one takes 100 µs, using it 2 µs, and a card needs thirty within a frame. Their number is
 * bounded by the languages, units and time zones that exist.
 */
function cachePerLocale<Options extends unknown[], Formatter>(
  make: (locale: string, ...options: Options) => Formatter,
) {
  const cache = new Map<string, Formatter>();
  return (...options: Options): Formatter => {
    const key = [locale(), ...options].join(' ');
    const formatter = cache.get(key) ?? make(locale(), ...options);
    cache.set(key, formatter);
    return formatter;
  };
}

const clockFormat = cachePerLocale(
  (language, timeZone: string | undefined) =>
    new Intl.DateTimeFormat(language, {
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
      ...(timeZone !== undefined && { timeZone }),
    }),
);
const momentFormat = cachePerLocale(
  (language) => new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }),
);
const minutesFormat = cachePerLocale((language) => new Intl.RelativeTimeFormat(language, { style: 'short' }));
const relativeDay = cachePerLocale((language) => new Intl.RelativeTimeFormat(language, { numeric: 'auto' }));
const dayFormat = cachePerLocale((language) => new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short' }));
const dayOfYearFormat = cachePerLocale(
  (language) => new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', year: 'numeric' }),
);
const listFormat = cachePerLocale((language) => new Intl.ListFormat(language, { type: 'conjunction' }));
const narrowFormat = cachePerLocale(
  (language, unit: 'second' | 'minute' | 'hour' | 'day') =>
    new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'narrow' }),
);
const languageNames = cachePerLocale((language) => new Intl.DisplayNames(language, { type: 'language' }));
const regionNames = cachePerLocale((language) => new Intl.DisplayNames(language, { type: 'region' }));

/** `15:04` in the zone. Null for a zone that the browser does not know. */
export function formatTime(at: number, timeZone?: string): string | null {
  try {
    return clockFormat(timeZone).format(at);
  } catch {
    return null;
  }
}

/** Date and time, for a title. */
export function formatMoment(at: number): string {
  return momentFormat().format(at);
}

/** Relative for one hour, then the date. */
export function formatRelative(at: number, now: number): string {
  const ago = now - at;
  if (ago >= 0 && ago < minute) return t('age.now');
  if (ago >= 0 && ago < hour) {
    return minutesFormat().format(-Math.floor(ago / minute), 'minute');
  }
  const isThisYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return (isThisYear ? dayFormat() : dayOfYearFormat()).format(at);
}

/** Relative for one hour, then the time on the same day, else the date. A future time counts as now. */
export function formatWhen(at: number, now: number): string {
  const isToday = new Date(at).toDateString() === new Date(now).toDateString();
  if (now - at >= hour && isToday) return formatTime(at) ?? '';
  return formatRelative(Math.min(at, now), now);
}

/** `yesterday`, `24 Nov`; with `hasTime` the time of the last two days too, and alone for today. */
export function formatDay(at: number, now: number, hasTime = false): string {
  const time = formatTime(at) ?? '';
  if (new Date(at).toDateString() === new Date(now).toDateString()) return time;
  if (new Date(at).toDateString() !== new Date(now - day).toDateString()) return formatRelative(at, now);
  return [relativeDay().format(-1, 'day'), hasTime && time].filter(Boolean).join(' ');
}

/** The age in one narrow unit: `8s`, `3m`, `2h`, `5d`. A future time counts as zero. */
export function formatAge(at: number, now: number): string {
  const age = Math.max(0, now - at);
  if (age < minute) return narrowFormat('second').format(Math.floor(age / second));
  if (age < hour) return narrowFormat('minute').format(Math.floor(age / minute));
  if (age < day) return narrowFormat('hour').format(Math.floor(age / hour));
  return narrowFormat('day').format(Math.floor(age / day));
}

/** `04:12`, and `1:04:12` after an hour. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / second));
  const two = (value: number) => String(value).padStart(2, '0');
  const clock = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return seconds < 3600 ? clock : `${Math.floor(seconds / 3600)}:${clock}`;
}

/** `a, b and c` in the current language. */
export function formatList(items: string[]): string {
  return listFormat().format(items);
}

/** `US` → `United States`. */
export function countryName(code: string): string {
  return regionNames().of(code) ?? code;
}

export function languageName(tag: string): string {
  try {
    return languageNames().of(tag) ?? tag;
  } catch {
    return tag;
  }
}
