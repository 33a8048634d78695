import { locale, t } from './translate.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** `15:04` there. Null for a zone this browser does not know. */
export function formatTime(at: number, timeZone?: string): string | null {
  try {
    return new Intl.DateTimeFormat(locale(), {
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
      ...(timeZone !== undefined && { timeZone }),
    }).format(at);
  } catch {
    return null;
  }
}

/** The zone's city as IANA spells it: `Asia/Ho_Chi_Minh` → `Ho Chi Minh`. */
export function cityOf(timeZone: string): string {
  return (timeZone.split('/').at(-1) ?? timeZone).replaceAll('_', ' ');
}

/** In full, for a title. */
export function formatMoment(at: number): string {
  return new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'short' }).format(at);
}

/** Relative under an hour, the date after that. */
export function formatRelative(at: number, now: number): string {
  const ago = now - at;
  if (ago >= 0 && ago < minute) return t('age.now');
  if (ago >= 0 && ago < hour) {
    return new Intl.RelativeTimeFormat(locale(), { style: 'short' }).format(-Math.floor(ago / minute), 'minute');
  }
  const isThisYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return new Intl.DateTimeFormat(locale(), {
    day: 'numeric',
    month: 'short',
    ...(!isThisYear && { year: 'numeric' }),
  }).format(at);
}

/** How old something is, in one narrow unit: `8s`, `3m`, `2h`, `5d`. A clock of ours that lags counts as zero. */
export function formatAge(at: number, now: number): string {
  const age = Math.max(0, now - at);
  if (age < minute) return narrow(Math.floor(age / second), 'second');
  if (age < hour) return narrow(Math.floor(age / minute), 'minute');
  if (age < day) return narrow(Math.floor(age / hour), 'hour');
  return narrow(Math.floor(age / day), 'day');
}

/** `04:12`, and `1:04:12` after an hour. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / second));
  const two = (value: number) => String(value).padStart(2, '0');
  const clock = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return seconds < 3600 ? clock : `${Math.floor(seconds / 3600)}:${clock}`;
}

/** `a, b and c` in the language on screen. */
export function formatList(items: string[]): string {
  return new Intl.ListFormat(locale(), { type: 'conjunction' }).format(items);
}

function narrow(value: number, unit: 'second' | 'minute' | 'hour' | 'day'): string {
  return new Intl.NumberFormat(locale(), { style: 'unit', unit, unitDisplay: 'narrow' }).format(value);
}
/** `vi` → `Vietnamese`; whatever is no language tag stays as it is. */
export function languageName(tag: string): string {
  try {
    return new Intl.DisplayNames(locale(), { type: 'language' }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}
