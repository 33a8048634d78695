/**
 * Renumbered telephone plans: the former prefix of a line's number and the current one. Every change is one to one, so
 * both forms are the same line. A former form that is assigned to somebody else today is not read as former: phone.ts
 * applies a change only to a number that the current plan does not assign.
 */

/** `digits`: how many digits follow the prefix. Prefixes are of the national number, without a trunk zero. */
type Change = { former: string; current: string; digits: number };

/** `date`: the first day of the current numbers. For months after it the former ones were still connected. */
type RenumberedPlan = { callingCode: string; date: string; source: string; changes: Change[] };

/** Pairs as `former:current`, separated by spaces. */
function change(pairs: string, digits: number): Change[] {
  return pairs.split(/\s+/).map((pair) => {
    const [former = '', current = ''] = pair.split(':');
    return { former, current, digits };
  });
}

/** Prefixes that get `current` in front, separated by spaces. */
function prepend(current: string, prefixes: string, digits: number): Change[] {
  return prefixes.split(/\s+/).map((former) => ({ former, current: current + former, digits }));
}

/** Areas in which mobile numbers got a ninth digit, by the day: all of Brazil. */
const brazilianAreas = {
  '2012-07-29': '11',
  '2013-08-25': '12 13 14 15 16 17 18 19',
  '2013-10-27': '21 22 24 27 28',
  '2014-11-02': '91 92 93 94 95 96 97 98 99',
  '2015-05-31': '81 82 83 84 85 86 87 88 89',
  '2015-10-11': '31 32 33 34 35 37 38 71 73 74 75 77 79',
  '2016-05-29': '61 62 63 64 65 66 67 68 69',
  '2016-11-06': '41 42 43 44 45 46 47 48 49 51 53 54 55',
};

/** Vietnamese areas, by the day and the digits that follow them. */
const vietnameseAreas = {
  '2017-02-11': change(
    '22:212 231:213 20:214 230:215 29:216 52:232 53:233 54:234 510:235 511:236 37:237 38:238 39:239',
    7,
  ),
  '2017-04-15': change(
    '33:203 240:204 25:205 26:206 27:207 280:208 281:209 320:220 321:221 241:222 31:225 351:226 36:227 350:228 30:229 ' +
      '780:290 781:291 710:292 711:293 74:294 76:296 77:297 79:299',
    7,
  ),
  '2017-06-17': [
    ...change('4:24 8:28', 8),
    ...change(
      '61:251 62:252 64:254 55:255 56:256 57:257 58:258 68:259 60:260 501:261 500:262 63:263 59:269 70:270 651:271 ' +
        '72:272 73:273 650:274 75:275 66:276 67:277',
      7,
    ),
  ],
};

export const renumberedPlans: RenumberedPlan[] = [
  // Trunked radio (70, 77, 78, 79) still has eight digits: libphonenumber knows its numbers as assigned.
  ...Object.entries(brazilianAreas).map(([date, areas]) => ({
    callingCode: '55',
    date,
    source: 'Anatel, resolution 553/2010 and act 6305/2012: a ninth digit, 9, before all mobile numbers',
    changes: areas
      .split(' ')
      .flatMap((area) =>
        [6, 7, 8, 9].map((first) => ({ former: `${area}${first}`, current: `${area}9${first}`, digits: 7 })),
      ),
  })),
  {
    callingCode: '84',
    date: '2018-09-15',
    source:
      'Ministry of Information and Communications of Vietnam, decision 798/QĐ-BTTTT: mobile numbers of 11 digits to 10',
    changes: change(
      '162:32 163:33 164:34 165:35 166:36 167:37 168:38 169:39 120:70 121:79 122:77 126:76 128:78 ' +
        '123:83 124:84 125:85 127:81 129:82 186:56 188:58 199:59',
      7,
    ),
  },
  ...Object.entries(vietnameseAreas).map(([date, changes]) => ({
    callingCode: '84',
    date,
    source: 'Ministry of Information and Communications of Vietnam, decision 2036/QĐ-BTTTT: area codes',
    changes,
  })),
  {
    callingCode: '52',
    date: '2019-08-03',
    source: 'IFT, plan técnico fundamental de numeración 2018: the 1 of mobile numbers behind the country code ends',
    changes: [{ former: '1', current: '', digits: 10 }],
  },
  {
    callingCode: '225',
    date: '2021-01-31',
    source: 'ARTCI, plan national de numérotation: two digits of the operator before the former eight',
    changes: [
      ...prepend('01', '01 02 03 40 41 42 43 50 51 52 53 70 71 72 73', 6),
      ...prepend('05', '04 05 06 44 45 46 54 55 56 64 65 66 74 75 76 84 85 86 94 95 96', 6),
      ...prepend('07', '07 08 09 47 48 49 57 58 59 67 68 69 77 78 79 87 88 89 97 98', 6),
      ...prepend('21', '208 218 228 238', 5),
      ...prepend('25', '200 210 220 230 240 300 310 320 330 340 350 360', 5),
      ...prepend('27', '202 203 212 213 215 217 224 225 234 235 243 244 245 306 316 319 327 337 347 359 368', 5),
    ],
  },
  {
    callingCode: '229',
    date: '2024-11-30',
    source: 'ARCEP Bénin, plan national de numérotation: 01 before the former eight digits',
    changes: prepend('01', '2 4 5 6 9', 7),
  },
  {
    callingCode: '48',
    // The zero was connected until 2010-05-15. Files still contain it, also behind the country code.
    date: '2009-09-30',
    source: 'Poland, regulation of 2008-02-28 on the numbering plan (Dz. U. 52/307): the trunk zero ends',
    changes: [{ former: '0', current: '', digits: 9 }],
  },
];

type PrefixChange = { from: string; to: string; digits: number };
type PlanIndex = Map<string, Map<string, PrefixChange[]>>;

/** By country code and, in it, by prefix. */
const byFormer = indexChanges(({ former, current, digits }) => ({ from: former, to: current, digits }));
const byCurrent = indexChanges(({ former, current, digits }) => ({ from: current, to: former, digits }));

export function findCurrentNumbers(callingCode: string, national: string): string[] {
  return applyChanges(byFormer.get(callingCode), national);
}

export function findFormerNumbers(callingCode: string, national: string): string[] {
  return applyChanges(byCurrent.get(callingCode), national);
}

function indexChanges(direct: (change: Change) => PrefixChange): PlanIndex {
  const index: PlanIndex = new Map();
  for (const { callingCode, changes } of renumberedPlans) {
    const byPrefix = index.get(callingCode) ?? new Map<string, PrefixChange[]>();
    index.set(callingCode, byPrefix);
    for (const each of changes.map(direct)) byPrefix.set(each.from, [...(byPrefix.get(each.from) ?? []), each]);
  }
  return index;
}

const maxPrefixLength = 5;

function applyChanges(byPrefix: Map<string, PrefixChange[]> | undefined, national: string): string[] {
  if (!byPrefix) return [];
  const changed: string[] = [];
  for (let length = 0; length <= maxPrefixLength; length += 1) {
    for (const { from, to, digits } of byPrefix.get(national.slice(0, length)) ?? []) {
      if (national.length === from.length + digits) changed.push(to + national.slice(from.length));
    }
  }
  return changed;
}
