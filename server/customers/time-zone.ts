/** Caches: a call costs some 50 µs, and its answer never changes. Limited in size: the names come from files. */
const isZoneByName = new Map<string, boolean>();
const onlyZones = new Map<string, string | undefined>();

/** An IANA zone that this machine can compute with. */
export function isTimeZone(name: string): boolean {
  const known = isZoneByName.get(name);
  if (known !== undefined) return known;
  if (isZoneByName.size >= 1_000) isZoneByName.clear();
  const isKnown = /^[A-Za-z][\w+/-]{1,63}$/.test(name) && canCompute(name);
  isZoneByName.set(name, isKnown);
  return isKnown;
}

function canCompute(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}

/** The zone of a country that has only one. */
export function findOnlyZone(country: string): string | undefined {
  const code = country.trim().toUpperCase();
  if (!/^[A-Z]{2}$/.test(code)) return undefined;
  if (!onlyZones.has(code)) onlyZones.set(code, readOnlyZone(code));
  return onlyZones.get(code);
}

function readOnlyZone(code: string): string | undefined {
  // Node 20 and 22 have the property, later ones the method; TypeScript's es2023 knows neither.
  const locale = new Intl.Locale(`und-${code}`) as Intl.Locale & { getTimeZones?(): string[]; timeZones?: string[] };
  const [zone, ...others] = locale.getTimeZones?.() ?? locale.timeZones ?? [];
  return zone === undefined || others.length > 0 ? undefined : (renamedZones[zone] ?? zone);
}

/** The panel shows a zone's city. Unicode's data keeps the former names of renamed cities. */
const renamedZones: Record<string, string> = {
  'Asia/Calcutta': 'Asia/Kolkata',
  'Asia/Katmandu': 'Asia/Kathmandu',
  'Asia/Rangoon': 'Asia/Yangon',
  'Asia/Saigon': 'Asia/Ho_Chi_Minh',
  'Atlantic/Faeroe': 'Atlantic/Faroe',
  'Europe/Kiev': 'Europe/Kyiv',
  'Pacific/Ponape': 'Pacific/Pohnpei',
};
