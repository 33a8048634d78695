import type { Condition } from './query.ts';

/**
 * Spellings of the last seven digits of a number. ServiceNow stores numbers as typed and has no operator that ignores
 * separators, so each spelling is a condition. Seven digits keep the page small: among a million customers with three
 * numbers each, four digits would match hundreds. They may stand anywhere in the field, before extensions or other
 * numbers.
 */
const shapes = [
  '#######',
  '# ######',
  '#-######',
  '#/######',
  '#) ######',
  '#)######',
  '## #####',
  '##-#####',
  '##) #####',
  '##)#####',
  '### ####',
  '###-####',
  '###.####',
  '### - ####',
  '###) ####',
  '###)####',
  '#### ###',
  '####-###',
  '# ### ###',
  '#-###-###',
  '#.###.###',
  '#) ### ###',
  '### ## ##',
  '###-##-##',
  '###.##.##',
  '## ### ##',
  '## ## ###',
  '# ## ## ##',
  '#-##-##-##',
  '#.##.##.##',
  '#) ## ## ##',
];

/** `national`: digits. Fewer than seven fill a shape from its end. */
export function toPhoneConditions(national: string, fields: string[]): Condition[] {
  const digits = national.slice(-7);
  const spellings = new Set(shapes.map((shape) => fill(shape, digits)));
  return fields.flatMap((field) => [...spellings].map((value) => ({ field, operator: 'LIKE' as const, value })));
}

function fill(shape: string, digits: string): string {
  const skipped = 7 - digits.length;
  let position = 0;
  const filled = [...shape].map((character) => {
    if (character !== '#') return position > skipped ? character : '';
    position += 1;
    return position > skipped ? (digits[position - 1 - skipped] ?? '') : '';
  });
  return filled.join('');
}
