import type { Condition } from './query.ts';

/**
 * Spellings of the last digits of a number. ServiceNow stores numbers as typed and has no operator that ignores
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
  '# ### ###',
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
  '###–####',
];

/**
 * Shapes of five digits, which also match other numbers: `###-##` matches every area code before an exchange. They are
 * for a second query.
 */
const shortShapes = [
  // A number column of a spreadsheet, in thousands or lakhs. Apostrophes would make the request line too long.
  '##,###',
  // A direct dial of one to three digits behind the number of a company (DIN 5008: 089 234567-10). The digits before it
  // are grouped in many ways, so only five are compared: few numbers have a separator exactly there.
  '####-#',
  '####–#',
  '####/#',
  '#### - #',
  '###-##',
  '###–##',
  '###/##',
  '### ##',
  '### - ##',
  '# ##-##',
  '# ## - ##',
  '## ##-#',
  '##-###',
  '##–###',
  '##/###',
  '## - ###',
];

/** Fewer digits than a shape has fill it from its end. */
export function toPhoneConditions(national: string, fields: string[]): Condition[] {
  return toConditions(shapes, national, fields);
}

/** Spellings that grouped digits before a direct dial, or thousands, leave recognizable. */
export function toShortPhoneConditions(national: string, fields: string[]): Condition[] {
  return toConditions(shortShapes, national, fields);
}

function toConditions(forms: string[], national: string, fields: string[]): Condition[] {
  const spellings = new Set(forms.map((shape) => fill(shape, national)));
  return fields.flatMap((field) => [...spellings].map((value) => ({ field, operator: 'LIKE' as const, value })));
}

function fill(shape: string, national: string): string {
  const places = shape.replaceAll(/[^#]/g, '').length;
  const digits = national.slice(-places);
  const skipped = places - digits.length;
  let position = 0;
  const filled = [...shape].map((character) => {
    if (character !== '#') return position > skipped ? character : '';
    position += 1;
    return position > skipped ? (digits[position - 1 - skipped] ?? '') : '';
  });
  return filled.join('');
}
