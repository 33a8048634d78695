/*
 * Numbers that ring nobody. Most regulators reserve some for fiction: NANPA 555-0100…0199, Ofcom, BNetzA, ARCEP, ACMA,
 * PTS, ComReg. Vietnam, Japan and India reserve none; theirs are rows of zeros ending in 00 to 99.
 * Every spelling of a range is the same number written as people write it; `#` stands for its last digits.
 */

export type NumberRange = {
  spellings: string[];
  /** The last digits that are reserved; from 0 upwards when there is no list. */
  tails: number[];
};

export const vietnam = {
  landline: range(100, ['028 3822 00##', '(028) 3822 00##', '028.3822.00##', '+84 28 3822 00##', '0283822 00##']),
  mobile: range(100, ['0900 000 0##', '0900.000.0##', '09000000##', '+84 900 000 0##', '+84 (0)900-000-0##']),
};

/** 0190 to 0199 stay free: numbers that nobody holds are dialled from there. */
export const sanFrancisco = northAmerican('415');
export const seattle = northAmerican('206');
export const chicago = northAmerican('312');
export const toronto = northAmerican('416');

export const britain = {
  london: range(1000, ['+44 20 7946 0###', '+44 (0)20 7946 0###', '0044 20 7946 0###', '+44-20-7946-0###']),
  manchester: range(1000, ['+44 161 496 0###', '+44 (0)161 4960###', '0044 161 496 0###']),
  mobile: range(1000, ['+44 7700 900###', '+44 (0)7700 900 ###', '+447700900###']),
};

export const germany = {
  berlin: range(1000, ['+49 30 23125 ###', '+49 (0)30/23125-###', '0049 30 23125###', '+49 30 23125–###']),
  munich: range(1000, ['+49 89 99998 ###', '+49 (0)89 / 99998-###', '+498999998###']),
  mobile: range(100, ['+49 171 39200##', '+49 (0)171-39200##', '0049 171 392 00 ##']),
};

export const france = {
  paris: range(10_000, ['+33 1 99 00 ## ##', '+33 (0)1.99.00.##.##', '0033 1 99 00 ## ##']),
  marseille: range(10_000, ['+33 4 65 71 ## ##', '+33 (0)4 65 71 ## ##']),
  mobile: range(10_000, ['+33 6 39 98 ## ##', '+33 (0)6.39.98.##.##', '+3363998####']),
};

// Of Australian mobiles single numbers are reserved, not a range.
const australianMobiles = [
  6, 110, 156, 157, 158, 159, 313, 737, 1266, 1491, 1804, 2549, 2665, 2983, 3087, 3770, 4118, 4632, 5254, 5789, 6398,
  6801, 7426, 7644, 8148, 8888, 8957, 9212, 9455, 9760,
];

export const australia = {
  sydney: range(10_000, ['+61 2 5550 ####', '+61 (0)2 5550 ####', '0061 2 5550 ####']),
  melbourne: range(10_000, ['+61 3 5550 ####', '+61 (03) 5550 ####']),
  mobile: { spellings: ['+61 491 57# ###', '+61 (0)491 57# ###', '+6149157####'], tails: australianMobiles },
};

export const japan = {
  tokyo: range(100, ['+81 3-0000-00##', '+81 (0)3 0000 00##', '+81 3 0000 00##']),
  mobile: range(100, ['+81 90-0000-00##', '+81 (0)90-0000-00##', '＋８１ 90-0000-00##']),
};

export const india = {
  bengaluru: range(100, ['+91 80 0000 00##', '+91-80-0000-00##', '0091 80 0000 00##']),
  mobile: range(100, ['+91 90000 000##', '+91-90000-000##', '+9190000000##']),
};

export const sweden = {
  stockholm: range(100, ['+46 8 465 004 ##', '+46 (0)8-465 004 ##', '0046 8 465 004 ##']),
  mobile: range(95, ['+46 70 174 06 ##', '+46 (0)70-174 06 ##'], 5),
};

export const ireland = {
  dublin: range(10_000, ['+353 20 910 ####', '+353 (0)20 910 ####', '00353 20 910 ####']),
};

function northAmerican(area: string): NumberRange {
  return range(90, [`+1 ${area}-555-01##`, `+1 (${area}) 555-01##`, `+1.${area}.555.01##`, `001 ${area} 555 01##`]);
}

function range(size: number, spellings: string[], first = 0): NumberRange {
  return { spellings, tails: Array.from({ length: size }, (_, index) => first + index) };
}

/** `spelling` with the digits of `tail` in place of its `#`s. */
export function writeNumber(spelling: string, tail: number): string {
  const places = spelling.split('#').length - 1;
  const digits = String(tail).padStart(places, '0');
  let used = 0;
  return spelling.replace(/#/g, () => digits[used++] ?? '0');
}
