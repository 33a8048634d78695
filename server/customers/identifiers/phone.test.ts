import fc from 'fast-check';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { describe, expect, test } from 'vitest';
import { listFormerNumbers, parseCallerNumber, parsePhone } from './phone.ts';
import { renumberedPlans } from './renumbered-plans.ts';
import { splitPhones } from './split-cell.ts';

type Phone = { e164: string; extension?: string };
const london = { e164: '+442079460001' };
const sanFrancisco = { e164: '+14155550101' };

const phones: [raw: string, country: string | undefined, expected: Phone][] = [
  ['+442079460001', undefined, london],
  ['+44 20 7946 0001', undefined, london],
  ['+44\u00a020\u00a07946\u00a00001', undefined, london],
  ['+44.20.7946.0001', undefined, london],
  ['+44-20-7946-0001', undefined, london],
  ['+44 20‑7946–0001', undefined, london],
  ['+44 20−7946—0001', undefined, london],
  ['+44/20/7946/0001', undefined, london],
  ['+44 (20) [7946] 0001', undefined, london],
  ['(+44) 20 7946 0001', undefined, london],
  ['+44 (0)20 7946 0001', undefined, london],
  ['0044 (0)20 7946 0001', 'US', london],
  ['0044 20 7946 0001', undefined, london],
  ['0044 20 7946 0001', 'GB', london],
  ['00 44 20 7946 0001', 'US', london],
  ['011 44 20 7946 0001', 'US', london],
  ['011 44 20 7946 0001', 'DE', london],
  ['020 7946 0001', 'GB', london],
  ['020 7946 0001', 'gb', london],
  ['442079460001', 'GB', london],
  ['＋４４（０）２０－７９４６－０００１', undefined, london],
  ['+٤٤٢٠٧٩٤٦٠٠٠١', undefined, london],
  ['+۴۴ ۲۰ ۷۹۴۶ ۰۰۰۱', undefined, london],
  ['+४४ २० ७९४६ ०००१', undefined, london],
  ['\u202a+44 20 7946 0001\u202c', undefined, london],
  ['\u200f+44\u200b20\u00ad7946\ufeff0001', undefined, london],
  ['Tel: +44 20 7946 0001', undefined, london],
  ['+44 20 7946 0001 (mobile)', undefined, london],
  ['tel:+44-20-7946-0001', undefined, london],
  ['TEL:%2B442079460001', undefined, london],
  ['tel:020-7946-0001;phone-context=+44', undefined, london],
  ['tel:020-7946-0001;phone-context=pbx.example', 'GB', london],
  ['sip:+442079460001@pbx.example', undefined, london],
  ['sips:+442079460001@pbx.example:5061;transport=tls', undefined, london],
  ['"Ann Lee" <sip:+442079460001@pbx.example;user=phone>;tag=1', undefined, london],
  ['415.555.0101', 'US', sanFrancisco],
  ['415,555,0101', 'US', sanFrancisco],
  ['1 (415) 555-0101', 'US', sanFrancisco],
  ['+1 415 555 0101 x12', undefined, { ...sanFrancisco, extension: '12' }],
  ['+1 415 555 0101 ext. 12', undefined, { ...sanFrancisco, extension: '12' }],
  ['+1 415 555 0101, Extension: 12', undefined, { ...sanFrancisco, extension: '12' }],
  ['+1 415 555 0101 #12', undefined, { ...sanFrancisco, extension: '12' }],
  ['+1 415 555 0101,,12#', undefined, { ...sanFrancisco, extension: '12' }],
  ['+1 415 555 0101;ext=12', undefined, { ...sanFrancisco, extension: '12' }],
  ['tel:+1-415-555-0101;ext=12', undefined, { ...sanFrancisco, extension: '12' }],
  ['8 (495) 123-45-67 доб. 12', 'RU', { e164: '+74951234567', extension: '12' }],
  ['(028) 3822 0000', 'VN', { e164: '+842838220000' }],
  ['+52 1 55 0000 0030', undefined, { e164: '+525500000030' }],
  ['0052 1 55 0000 0030', undefined, { e164: '+525500000030' }],
  ['011 52 1 55 0000 0030', 'US', { e164: '+525500000030' }],
  ['+39 06 1234 5678', undefined, { e164: '+390612345678' }],
  ['030/1234567', 'DE', { e164: '+49301234567' }],
  ['712345', 'AD', { e164: '+376712345' }],
  // Possible, though no plan assigns it yet.
  ['5550100001', 'US', { e164: '+15550100001' }],
  // The number is the caller's; only the extension is rubbish.
  ['+1 (555) 010-0001;ext=%27 OR 1=1--', undefined, { e164: '+15550100001' }],
];

const refused: [raw: string, country: string | undefined, reason: string][] = [
  ['', undefined, 'withheld'],
  ['  \u00a0\u200b ', undefined, 'withheld'],
  ['anonymous', undefined, 'withheld'],
  ['Anonymous@anonymous.invalid', undefined, 'withheld'],
  ['sip:anonymous@anonymous.invalid', undefined, 'withheld'],
  ['"Anonymous" <sip:anonymous@anonymous.invalid>', undefined, 'withheld'],
  ['RESTRICTED', 'US', 'withheld'],
  ['Private Number', 'US', 'withheld'],
  ['Unknown caller', 'US', 'withheld'],
  ['No Caller ID', 'US', 'withheld'],
  ['unavailable', 'US', 'withheld'],
  ['Number withheld', 'GB', 'withheld'],
  ['blocked', 'GB', 'withheld'],
  ['266696687', 'US', 'withheld'],
  ['+266696687', 'US', 'withheld'],
  ['+7378742833', 'US', 'withheld'],
  ['0000000000', 'US', 'withheld'],
  ['2041', 'US', 'extension'],
  ['2041', 'DE', 'extension'],
  ['ext 204', 'US', 'extension'],
  ['x204', undefined, 'extension'],
  ['sip:2041@pbx.example', 'US', 'extension'],
  ['tel:7042;phone-context=pbx.example', 'US', 'extension'],
  ['112', 'GB', 'short-code'],
  ['911', 'US', 'short-code'],
  ['12345', 'US', 'short-code'],
  ['204100', 'DE', 'short-code'],
  ['+12345', undefined, 'short-code'],
  // Which country's? A guess would show a stranger's card.
  ['020 7946 0001', undefined, 'unreadable'],
  ['14155550101', undefined, 'unreadable'],
  ['555-0101', 'US', 'unreadable'],
  ['+1 000 000 0000', undefined, 'unreadable'],
  ['1-800-FLOWERS', 'US', 'unreadable'],
  ['+', 'US', 'unreadable'],
  ['44+20 7946 0001', 'GB', 'unreadable'],
  ['+1 415 555 0101; +1 415 555 0102', undefined, 'unreadable'],
  ['+1 415 555 0101 or +1 415 555 0102', undefined, 'unreadable'],
  ["' OR 1=1 --", 'US', 'unreadable'],
  ["+14155550101'; drop table customers; --", 'US', 'unreadable'],
  ['+14155550101%', 'US', 'unreadable'],
  ['*4155550101', 'US', 'unreadable'],
  ['<img src=x onerror=alert(1)>4155550101', 'US', 'unreadable'],
  ['ann@northwind.example', 'US', 'unreadable'],
  ['tel:%E0%A4%A', 'US', 'unreadable'],
  ['1'.repeat(30), 'US', 'unreadable'],
  ['1'.repeat(100_000), 'US', 'unreadable'],
];

describe('phone', () => {
  test.each(phones)('%j in %s › is one number', (raw, country, { e164, extension }) => {
    expect(parsePhone(raw, country)).toMatchObject({ kind: 'phone', e164, extension });
  });

  test.each(refused)('%j in %s › is not looked up', (raw, country, reason) => {
    expect(parsePhone(raw, country)).toEqual({ kind: 'not-looked-up', reason });
  });

  test('number belongs to one country › has the country', () => {
    expect(parsePhone('+442079460001')).toMatchObject({ country: 'GB' });
    expect(parsePhone('+15550100001')).toMatchObject({ country: undefined });
  });

  test('default country does not exist › is ignored', () => {
    expect(parsePhone('020 7946 0001', 'ZZ')).toEqual({ kind: 'not-looked-up', reason: 'unreadable' });
    expect(parsePhone('+44 20 7946 0001', '__proto__')).toMatchObject(london);
  });

  const known = fc.constantFrom('442079460001', '14155550101', '842838220000', '390612345678', '491711234567');
  const noise = fc.constantFrom(' ', '\u00a0', '-', '–', '.', '/', ' (', ') ', '\u200e', '\u200b', '\u3000');
  const digitsOf = (zero: number) => (digit: string) => String.fromCodePoint(zero + Number(digit));
  const script = fc.constantFrom(0x30, 0x660, 0x6f0, 0x966, 0xff10, 0x1d7d8);

  test('separators and digits of another script › do not change the number', () => {
    fc.assert(
      fc.property(known, script, fc.array(noise, { minLength: 14, maxLength: 14 }), (digits, zero, marks) => {
        // The last digits may be another line behind a slash or in brackets, and a last `.0` is none.
        const mark = (index: number) => (index > 6 ? marks[index]?.replace(/[/.(]/, '-') : marks[index]) ?? '';
        const written = [...digits].map((digit, index) => digitsOf(zero)(digit) + mark(index)).join('');
        expect(parsePhone(`${marks[13]}+${written}`, 'US')).toMatchObject({ kind: 'phone', e164: `+${digits}` });
      }),
    );
  });

  test('any text › never throws, and an E.164 result parses to itself', () => {
    const alphabet = fc.constantFrom(
      ...'0123456789+-() ;=,x#@:%<>ext.tel'.split(''),
      'ext=',
      'sip:',
      '٤',
      '\ud800',
      '\u0000',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(alphabet, { maxLength: 40 }).map((all) => all.join('')),
    );
    const country = fc.constantFrom(undefined, 'US', 'GB', 'DE', 'VN', 'AD');
    fc.assert(
      fc.property(text, country, (raw, from) => {
        const phone = parsePhone(raw, from);
        if (phone.kind !== 'phone') return;
        expect(phone.e164).toMatch(/^\+[1-9]\d{5,14}$/);
        expect(parsePhone(phone.e164)).toMatchObject({ kind: 'phone', e164: phone.e164 });
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('cell of a file', () => {
  test('one number with separators › is not split', () => {
    const written = fc.constantFrom(...phones.map(([raw, country]) => ({ raw, country })));
    fc.assert(
      fc.property(written, ({ raw, country }) => {
        expect(splitPhones(raw, country)).toEqual([raw.trim()]);
      }),
    );
  });
});

describe('renumbered plan', () => {
  test.each([
    ['+55 11 8765-4331', undefined, '+5511987654331'],
    ['(031) 8765-4331', 'BR', '+5531987654331'],
    ['+55 11 6765-4331', undefined, '+5511967654331'],
    ['0169 123 4533', 'VN', '+84391234533'],
    ['+84 120 123 4533', undefined, '+84701234533'],
    ['0199 123 4533', 'VN', '+84591234533'],
    ['04 3822 0000', 'VN', '+842438220000'],
    ['0511 3822 000', 'VN', '+842363822000'],
    ['0710 3822 000', 'VN', '+842923822000'],
    ['+52 1 55 0000 0030', undefined, '+525500000030'],
    ['+225 07 12 34 56', undefined, '+2250707123456'],
    ['55 12 34 56', 'CI', '+2250555123456'],
    ['20 21 23 45', 'CI', '+2252720212345'],
    ['+229 97 12 34 56', undefined, '+2290197123456'],
    ['0-22 512 18 22', 'PL', '+48225121822'],
    ['+48 (0) 22 512 18 18', undefined, '+48225121818'],
    // An area apart, of which the digits in a row are another's mobile number.
    ['+84 8 3822 0000', undefined, '+842838220000'],
    ['(036) 3822 000', 'VN', '+842273822000'],
    ['+84 (36) 3822000', undefined, '+842273822000'],
    ['0084 (0)(58) 382.2000', undefined, '+842583822000'],
    ['044 55 1234 5678', 'MX', '+525512345678'],
    ['+52 01 55 1234 5678', undefined, '+525512345678'],
    ['+54 11 15 1234-5678', undefined, '+5491112345678'],
    ['0054 223 15 400-0000', undefined, '+5492234000000'],
  ])('%s in %s › is read as %s', (raw, country, e164) => {
    expect(parsePhone(raw, country)).toMatchObject({ e164, rule: 'former-number' });
  });

  test.each([
    // A mobile number since 2018, in Hồ Chí Minh City a landline before 2017.
    ['+84838220000', '+84838220000'],
    ['+84 36 3822 000', '+84363822000'],
    // Trunked radio has eight digits.
    ['+55 11 7765-4331', '+551177654331'],
    ['+55 11 98765-4331', '+5511987654331'],
    ['+54 11 4000-0033', '+541140000033'],
  ])('%s is assigned today › is not read as a former number', (raw, e164) => {
    expect(parsePhone(raw)).toMatchObject({ e164 });
    expect(parsePhone(raw)).not.toHaveProperty('rule');
  });

  test.each([
    ['+5511987654331', ['+551187654331']],
    ['+84391234533', ['+841691234533']],
    ['+842438220000', ['+84438220000']],
    // Their former forms are today's mobile numbers of other people.
    ['+842838220000', ['+84838220000']],
    ['+842273822000', ['+84363822000']],
    ['+525500000030', ['+5215500000030']],
    ['+5491112345678', ['+54111512345678']],
    ['+2250707123456', ['+22507123456']],
    ['+2290197123456', ['+22997123456']],
    ['+48225121818', ['+480225121818']],
    ['+14155550101', []],
    // No line has it, then or now.
    ['+842400000000', []],
    ['4155550101', []],
    ['', []],
  ])('former numbers of %s › are listed', (e164, former) => {
    expect(listFormerNumbers(e164)).toEqual(former);
  });

  test('any current number › each former form parses to it', () => {
    const changes = renumberedPlans.flatMap(({ callingCode, changes: all }) =>
      all.map((change) => ({ callingCode, ...change })),
    );
    const numbers = fc
      .constantFrom(...changes)
      .chain(({ callingCode, current, digits }) =>
        fc
          .array(fc.integer({ min: 0, max: 9 }), { minLength: digits, maxLength: digits })
          .map((rest) => `+${callingCode}${current}${rest.join('')}`),
      );
    fc.assert(
      fc.property(numbers, (e164) => {
        for (const former of listFormerNumbers(e164)) {
          const isAssigned = parsePhoneNumberFromString(former)?.isValid();
          expect(parsePhone(former)).toMatchObject({ e164: isAssigned ? former : e164 });
        }
      }),
    );
  });

  test('each plan › has a date, a source and one-to-one changes', () => {
    for (const { callingCode, date, source, changes } of renumberedPlans) {
      expect(date, callingCode).toMatch(/^\d{4}-\d\d-\d\d$/);
      expect(source.length, callingCode).toBeGreaterThan(20);
      for (const side of ['former', 'current'] as const) {
        const prefixes = changes.map((change) => `${change[side]} ${change.digits}`);
        expect(new Set(prefixes).size, callingCode).toBe(prefixes.length);
      }
    }
  });
});

/** The number and what else is understood: `extension`, `rule`, `assumed`. */
const brief = (phone: ReturnType<typeof parsePhone>) => {
  if (phone.kind === 'not-looked-up') return phone.reason;
  return [phone.e164, phone.extension && `x${phone.extension}`, phone.rule, phone.assumed].filter(Boolean).join(' ');
};

describe('phone in a spreadsheet', () => {
  test.each([
    ['84912345671.0', 'VN', '+84912345671 spreadsheet'],
    ['84912345671,0', 'VN', '+84912345671 spreadsheet'],
    ['+84912345671.00', 'VN', '+84912345671 spreadsheet'],
    ['1713920073.0', 'DE', '+491713920073 spreadsheet'],
    ['2025550130.0', 'US', '+12025550130 spreadsheet'],
    ['97123456.0', 'BJ', '+2290197123456 spreadsheet'],
    ['84,912,345,674', 'VN', '+84912345674 spreadsheet'],
    ["84'912'345'674", 'VN', '+84912345674 spreadsheet'],
    ['84.912.345.674,00', 'VN', '+84912345674 spreadsheet'],
    ['84,91,23,45,674', 'VN', '+84912345674 spreadsheet'],
    ['8.4912345671E+10', 'VN', '+84912345671 spreadsheet'],
    ['8,4912345671e10', 'VN', '+84912345671 spreadsheet'],
    ['84.912.345.674', 'VN', '+84912345674'],
    ['="0912345671"', 'VN', '+84912345671'],
    ['=+84912345671', 'VN', '+84912345671'],
    ["'0912345671", 'VN', '+84912345671'],
    ['1,415,555,0101', 'US', '+14155550101'],
    // Digits in pairs, not a decimal part.
    ['01.23.45.67.00', 'FR', '+33123456700'],
  ])('%s in %s › is the number that was meant', (raw, country, expected) => {
    expect(brief(parsePhone(raw, country))).toBe(expected);
  });

  test.each([
    ['8.49123E+10', 'VN'],
    ['8E+10', 'VN'],
    ['84912345671.5', 'VN'],
    ['91 234 5671.0', 'VN'],
    // Its leading zero is a digit, and lost.
    ['612345678.0', 'IT'],
    ['707123456.0', 'CI'],
    ['2025-01-02', 'DK'],
    ['2025-01-02 00:00:00', 'DK'],
    ['#NUM!', 'US'],
  ])('%s in %s › is unreadable', (raw, country) => {
    expect(brief(parsePhone(raw, country))).toBe('unreadable');
  });

  test('any number as a float or with separators › is that number, or none', () => {
    const thousands = (digits: string) => digits.replace(/\B(?=(\d{3})+$)/g, ',');
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1_000_000n, max: 999_999_999_999n }).map(String),
        fc.constantFrom('US', 'DE', 'VN', 'IT', 'DK', 'CI'),
        (digits, country) => {
          const plain = brief(parsePhone(digits, country)).split(' ')[0];
          const exponent = `${digits[0]}.${digits.slice(1)}E+${digits.length - 1}`;
          for (const form of [`${digits}.0`, `${digits},0`, thousands(digits), exponent]) {
            expect([plain, 'unreadable']).toContain(brief(parsePhone(form, country)).split(' ')[0]);
          }
        },
      ),
    );
  });
});

describe('phone with an extension', () => {
  test.each([
    ['202-555-0107 (ext. 143)', 'US', '+12025550107 x143'],
    ['202-555-0107 [ext 143]', 'US', '+12025550107 x143'],
    ['202-555-0107 (143)', 'US', '+12025550107 x143'],
    ['202-555-0107 ~ 143', 'US', '+12025550107 x143'],
    ['202-555-0107~143', 'US', '+12025550107 x143'],
    ['202-555-0107x143', 'US', '+12025550107 x143'],
    ['202-555-0107 Ext: 143#', 'US', '+12025550107 x143'],
    ['202-555-0107;ext=143', 'US', '+12025550107 x143'],
    ['202-555-0107;143', 'US', '+12025550107 x143'],
    ['202-555-0107,,143#', 'US', '+12025550107 x143'],
    ['202-555-0107p143', 'US', '+12025550107 x143'],
    ['202-555-0107 - 143#', 'US', '+12025550107 x143'],
    ['202-555-0107-143', 'US', '+12025550107 x143'],
    ['202-555-0107 / 08', 'US', '+12025550107 x08'],
    ['91 123 45 67 extensión 143', 'ES', '+34911234567 x143'],
    ['(11) 4765-4331 ramal 143', 'BR', '+551147654331 x143'],
    ['01 23 45 67 89 poste 143', 'FR', '+33123456789 x143'],
    ['030 1234567 Durchwahl 143', 'DE', '+49301234567 x143'],
    ['030 1234567 App. 143', 'DE', '+49301234567 x143'],
    ['06 1234 5678 int. 143', 'IT', '+390612345678 x143'],
    ['22 512 18 18 wew. 143', 'PL', '+48225121818 x143'],
    ['0212 345 67 89 dahili 143', 'TR', '+902123456789 x143'],
    ['024 3822 0000 máy lẻ 143', 'VN', '+842438220000 x143'],
    ['010 6552 9988 转 143', 'CN', '+861065529988 x143'],
    ['02-312-3456 내선 143', 'KR', '+8223123456 x143'],
    ['02 123 4567 ต่อ 143', 'TH', '+6621234567 x143'],
    // A direct dial belongs to the number.
    ['089/234567-10', 'DE', '+498923456710'],
  ])('%s in %s › is %s', (raw, country, expected) => {
    expect(brief(parsePhone(raw, country))).toBe(expected);
  });

  test('a second line or further digits › is unreadable where both are numbers', () => {
    expect(brief(parsePhone('030/1234567/68', 'DE'))).toBe('unreadable');
  });
});

describe('phone with a label', () => {
  test.each([
    ['202-555-0166 home', 'US'],
    ['202-555-0166 (cell)', 'US'],
    ['202-555-0166, mobile', 'US'],
    ['Work phone 2: 202-555-0166', 'US'],
    ['cell 202-555-0166', 'US'],
    ['M. 202-555-0166', 'US'],
    ['[home] 202-555-0166', 'US'],
  ])('%s › is the number', (raw, country) => {
    expect(brief(parsePhone(raw, country))).toBe('+12025550166');
  });

  test.each(['1-800-MOBILE', '1-800-HOME', 'call 202-555-0166', '202-555-0166 Ann'])('%s › is no number', (raw) => {
    expect(parsePhone(raw, 'US').kind).toBe('not-looked-up');
  });
});

describe('zero of a trunk', () => {
  test.each([
    ['+48 (0) 22 512 18 18', 'PL', '+48225121818 former-number'],
    ['0-22 512 18 22', 'PL', '+48225121822 former-number'],
    ['+352 (0) 26 12 34 21', 'LU', '+35226123421'],
    ['0 26 12 34 21', 'LU', '+35226123421'],
    ['0 91 123 45 67', 'ES', '+34911234567'],
    ['+39 (0)6 1234 5678', undefined, '+390612345678'],
    ['+39 (0) 335 123 4567', undefined, '+393351234567'],
    ['+44 (0)20 7946 0001', undefined, '+442079460001'],
    ['011 15-1234-5678', 'AR', '+5491112345678'],
    ['(08) 3822 0000', 'VN', '+842838220000 former-number'],
    ['083 822 0000', 'VN', '+84838220000'],
    ['+0491570117', 'AU', '+61491570117'],
    ['+0044 20 7946 0001', 'AU', '+442079460001'],
    ['+0491570117', undefined, 'unreadable'],
  ])('%s in %s › is %s', (raw, country, expected) => {
    expect(brief(parsePhone(raw, country))).toBe(expected);
  });
});

describe('number of a caller', () => {
  test.each([
    ['"John Doe" <2025550138>', 'US', '+12025550138 directory-country'],
    ['John Doe <+12025550138>', undefined, '+12025550138'],
    ['<2025550138>', 'US', '+12025550138 directory-country'],
    ['"Unknown" <2025550138>', 'US', '+12025550138 directory-country'],
    ['"2025550199" <2025550138>', 'US', '+12025550138 directory-country'],
    ['"John Doe" <unknown>', 'US', 'withheld'],
    ['"John Doe" <>', 'US', 'withheld'],
    ['491713920046', 'US', '+491713920046 international'],
    ['14155550101', undefined, '+14155550101 international'],
    ['6591234567', 'VN', '+6591234567 international'],
    ['553187654331', 'US', '+5531987654331 former-number international'],
    ['84912345671', 'VN', '+84912345671 directory-country'],
    ['020 7946 0001', 'GB', '+442079460001 directory-country'],
    ['+442079460001', 'US', '+442079460001'],
    ['+00442079460001', 'US', '+442079460001'],
    ['00442079460001', 'GB', '+442079460001'],
    // Ten digits are a national number in North America, and of no certain country elsewhere.
    ['6591234567', 'US', '+16591234567 directory-country'],
    ['4155550115', undefined, 'unreadable'],
    ['84912345642:76@s.whatsapp.net', 'US', '+84912345642'],
    ['tel:+442079460001;npdi;rn=+1415', undefined, '+442079460001'],
    ['sip:+442079460001;npdi@pbx.example;user=phone', undefined, '+442079460001'],
    ['tel:+442079460001;+442079460002', undefined, 'unreadable'],
    ['84912345642.0:76@s.whatsapp.net', 'US', '+84912345642'],
    ['84912345642@c.us', 'US', '+84912345642'],
    ['whatsapp:+84912345642', 'US', '+84912345642'],
    ['84912345643@lid', 'VN', 'unreadable'],
    ['84912345643-1612345678@g.us', 'VN', 'unreadable'],
    ['120363043211234567@g.us', 'VN', 'unreadable'],
    ['84912345643@newsletter', 'VN', 'unreadable'],
    ['84912345643@broadcast', 'VN', 'unreadable'],
    ['84912345643@northwind.example', 'VN', 'unreadable'],
    ['+84912345643@pbx.example', 'VN', 'unreadable'],
    ['sip:84912345643@pbx.example', 'VN', '+84912345643 directory-country'],
  ])('%s in %s › is %s', (raw, country, expected) => {
    expect(brief(parseCallerNumber(raw, country))).toBe(expected);
  });

  test('stored digits without a country › are not read as international', () => {
    expect(brief(parsePhone('491713920046', 'US'))).toBe('unreadable');
    expect(brief(parsePhone('14155550101'))).toBe('unreadable');
  });
});

describe('withheld caller', () => {
  // biome-ignore format: a table
  test.each([
    '-1', '-2', '-3', 'ANON', 'P', 'O', 'Private Caller', 'No Caller ID', 'Out-Of-Area', 'Withheld', 'asterisk',
    'Unbekannt', 'Anonym', 'Rufnummer unterdrückt', 'Unterdrueckt', 'Privat', 'Inconnu', 'Numéro masqué',
    'Numero masque', 'Appel anonyme', 'Desconocido', 'Número oculto', 'Anônimo', 'Não identificado',
    'Sconosciuto', 'Numero privato', 'Onbekend', 'Afgeschermd', 'Okänt nummer', 'Ukjent', 'Hemmeligt nummer',
    'Tuntematon', 'Numer zastrzeżony', 'Skryté číslo', 'Rejtett szám', 'Număr ascuns', 'Неизвестный номер',
    'Номер не определён', 'Невідомий', 'Άγνωστος', 'Απόκρυψη', 'Gizli Numara', 'מספר חסוי', 'رقم مجهول', 'अज्ञात',
      'ไม่ทราบหมายเลข',
      'Ẩn danh',
      'Số ẩn',
      'Khong xac dinh',
      'Tidak dikenal',
      '非通知',
      '公衆電話',
      '表示圏外',
      '未知号码',
      '隱藏號碼',
      '발신번호 표시제한',
      '알 수 없음',
      'sip:unknown@pbx.example',
      '"Anonymous" <sip:anonymous@x.invalid>',
  ])('%s › is withheld', (raw) => {
    expect(brief(parseCallerNumber(raw, 'US'))).toBe('withheld');
    expect(brief(parsePhone(raw, 'US'))).toBe('withheld');
  });

  test.each(['Ann Lee', 'John Private', 'unknown soldier', '-11', 'Number', 'phone'])('%s › is not', (raw) => {
    expect(brief(parseCallerNumber(raw, 'US'))).not.toBe('withheld');
  });
});
