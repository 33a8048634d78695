/** Neither answer changes in the lifetime of a process, and each costs some 50 µs. Names come from files: bounded. */
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

/** Unicode's data never renames a zone; people's cities have been renamed, and the panel shows the city. */
const renamedZones: Record<string, string> = {
  'Asia/Calcutta': 'Asia/Kolkata',
  'Asia/Katmandu': 'Asia/Kathmandu',
  'Asia/Rangoon': 'Asia/Yangon',
  'Asia/Saigon': 'Asia/Ho_Chi_Minh',
  'Atlantic/Faeroe': 'Atlantic/Faroe',
  'Europe/Kiev': 'Europe/Kyiv',
  'Pacific/Ponape': 'Pacific/Pohnpei',
};
