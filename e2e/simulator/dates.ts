const day = 24 * 60 * 60 * 1000;

/** ISO time, `days` before the day of `now` (ms UTC), at `hour` o'clock UTC. Negative days lie ahead. */
export function daysBefore(now: number, days: number, hour: number): string {
  return new Date(new Date(now - days * day).setUTCHours(hour, 0, 0, 0)).toISOString();
}

/** Such as `3 Nov`. */
export function dayAndMonth(now: number, daysAgo: number): string {
  return new Date(now - daysAgo * day).toLocaleDateString('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
}
