import type { Condition } from './query.ts';

/**
 * How the last seven digits of a number are written. ServiceNow keeps numbers as they were typed and has no operator that
 * looks past separators, so each way of writing is asked for. Seven digits, and not the last four that stand together in
 * most: of a million customers with three numbers each, four would bring hundreds of strangers, and a page has an end.
 * Anywhere in the field, for extensions and second numbers stand behind.
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

/** `national`: digits. A shorter one fills a shape from its end. */
export function toPhoneConditions(national: string, fields: string[]): Condition[] {
  const digits = national.slice(-7);
  const written = new Set(shapes.map((shape) => fill(shape, digits)));
  return fields.flatMap((field) => [...written].map((value) => ({ field, operator: 'LIKE' as const, value })));
}

function fill(shape: string, digits: string): string {
  const from = 7 - digits.length;
  let at = 0;
  const filled = [...shape].map((sign) => {
    if (sign !== '#') return at > from ? sign : '';
    at += 1;
    return at > from ? (digits[at - 1 - from] ?? '') : '';
  });
  return filled.join('');
}
