import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  listFormerNumbers,
  normalizeCaseNumber,
  normalizeEmail,
  parsePhone,
  splitPhones,
  toMailbox,
} from './identifiers.ts';
import { renumberedPlans } from './renumbered-plans.ts';

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
        const written = [...digits].map((digit, index) => digitsOf(zero)(digit) + (marks[index] ?? '')).join('');
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
  ])('%s in %s › is read as %s', (raw, country, e164) => {
    expect(parsePhone(raw, country)).toMatchObject({ e164, rule: 'former-number' });
  });

  test.each([
    // A mobile number since 2018, in Hồ Chí Minh City a landline before 2017.
    ['+84838220000', '+84838220000'],
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
    // Its former form is today's mobile number of somebody else.
    ['+842838220000', []],
    ['+525500000030', ['+5215500000030']],
    ['+5491112345678', ['+54111512345678']],
    ['+2250707123456', ['+22507123456']],
    ['+2290197123456', ['+22997123456']],
    ['+48225121818', ['+480225121818']],
    ['+14155550101', []],
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
        for (const former of listFormerNumbers(e164)) expect(parsePhone(former)).toMatchObject({ e164 });
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

describe('mailbox', () => {
  test.each([
    ['ann.b.lee@gmail.com', 'annblee@gmail.com'],
    ['ann.b.lee+shop@googlemail.com', 'annblee@gmail.com'],
    ['+shop@gmail.com', '+shop@gmail.com'],
    ['ann.lee+shop@northwind.example', 'ann.lee+shop@northwind.example'],
    ['ann.lee@notgmail.com', 'ann.lee@notgmail.com'],
  ])('%s › is %s', (email, mailbox) => {
    expect(toMailbox(email)).toBe(mailbox);
  });
});

describe('cell of a file', () => {
  test.each([
    ['', undefined, []],
    ['415 555 0101', 'US', ['415 555 0101']],
    ['415 555 0101; 415 555 0102', 'US', ['415 555 0101', '415 555 0102']],
    ['415 555 0101|415 555 0102', 'US', ['415 555 0101', '415 555 0102']],
    ['415 555 0101\r\n415 555 0102', 'US', ['415 555 0101', '415 555 0102']],
    ['+14155550101 or +14155550102 & +442079460001', undefined, ['+14155550101', '+14155550102', '+442079460001']],
    ['415 555 0101,415 555 0102', 'US', ['415 555 0101', '415 555 0102']],
    ['38 22 00 00/38 22 00 01', 'DK', ['38 22 00 00', '38 22 00 01']],
    ['089 1234567 / 089 1234568', 'DE', ['089 1234567', '089 1234568']],
    ['+14155550101,+14155550102; +14155550103', undefined, ['+14155550101', '+14155550102', '+14155550103']],
    ['call evenings, 415 555 0101', 'US', ['call evenings', '415 555 0101']],
    ['evenings; 030/1234567', 'DE', ['evenings', '030/1234567']],
    // One number, however it is written.
    ['030/1234567', 'DE', ['030/1234567']],
    ['030 / 1234567', 'DE', ['030 / 1234567']],
    ['415 555 0101,,12#', 'US', ['415 555 0101,,12#']],
    ['415 555 0101;ext=12', 'US', ['415 555 0101;ext=12']],
    // No number at all: stays whole, for the report.
    ['ask, or look / it up', 'US', ['ask, or look / it up']],
    [';'.repeat(100_000), 'US', [';'.repeat(100_000)]],
  ])('cell %# › is split into its numbers as written', (cell, country, expected) => {
    expect(splitPhones(cell, country)).toEqual(expected);
  });

  test.each([',', ';', ' / ', '\n', ' or ', '/'])(
    'hundreds of numbers separated by %j › is split without backtracking',
    (separator) => {
      const cell = `12345678${separator}`.repeat(400).slice(0, 2_000);
      splitPhones(cell, 'US');
      const before = process.cpuUsage();
      for (let count = 0; count < 100; count++) splitPhones(cell, 'US');
      const { user, system } = process.cpuUsage(before);
      // µs of this process; some 20,000. Reading each number takes some 4,000,000.
      expect(user + system).toBeLessThan(1_500_000);
      expect(splitPhones(cell, 'US')).toEqual([cell.trim()]);
      expect(splitPhones(Array(20).fill('415 555 0101').join(separator), 'US')).toHaveLength(20);
    },
  );

  test('one number with separators › is not split', () => {
    const written = fc.constantFrom(...phones.map(([raw, country]) => ({ raw, country })));
    fc.assert(
      fc.property(written, ({ raw, country }) => {
        expect(splitPhones(raw, country)).toEqual([raw.trim()]);
      }),
    );
  });
});

describe('e-mail', () => {
  test.each([
    ['Ann@Northwind.Example', 'ann@northwind.example'],
    [' ann+billing@northwind.example ', 'ann+billing@northwind.example'],
    ['mailto:ann@northwind.example?subject=Hi', 'ann@northwind.example'],
    ['MAILTO:ann%2Bbilling@northwind.example', 'ann+billing@northwind.example'],
    ['Ann Lee <ann@northwind.example>', 'ann@northwind.example'],
    ['"Lee, Ann" <Ann@northwind.example>', 'ann@northwind.example'],
    ['ａｎｎ＠northwind.example', 'ann@northwind.example'],
    ['\u200fann@northwind.example\u200e', 'ann@northwind.example'],
    ['ann@münchen.example', 'ann@xn--mnchen-3ya.example'],
    ["o'neil@northwind.example", "o'neil@northwind.example"],
  ])('%j › is %s', (raw, expected) => {
    expect(normalizeEmail(raw)).toBe(expected);
  });

  test.each([
    '',
    'ann',
    '@northwind.example',
    'ann@',
    'ann@northwind',
    'ann@1.2.3.4',
    'ann@-northwind.example',
    'ann@north wind.example',
    'ann lee@northwind.example',
    'ann@b@northwind.example',
    '.ann@northwind.example',
    'ann\u0000@northwind.example',
    '\ud800@northwind.example',
    'anonymous@anonymous.invalid',
    `${'a'.repeat(65)}@northwind.example`,
    `ann@${'a.'.repeat(50_000)}example`,
    `${'<'.repeat(500)}`,
  ])('malformed text %# › is rejected', (raw) => {
    expect(normalizeEmail(raw)).toBeNull();
  });

  test('any text › never throws, and a result normalizes to itself', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.emailAddress(),
      fc.emailAddress().map((all) => `A <${all}>`),
    );
    fc.assert(
      fc.property(text, (raw) => {
        const email = normalizeEmail(raw);
        if (email !== null) expect(normalizeEmail(email)).toBe(email);
      }),
    );
  });
});

describe('case number', () => {
  test.each([
    ['CS-1042', 'CS-1042'],
    [' #cs-1042 ', 'CS-1042'],
    ['cs  1042', 'CS 1042'],
    ['ＣＳ－1042', 'CS-1042'],
    ['\u200ecs-1042\u0000', 'CS-1042'],
    ['', null],
    ['#', null],
    ['\u200b', null],
    ['--', null],
    ['a'.repeat(65), null],
    ['1'.repeat(100_000), null],
  ])('text %# › is normalized or rejected', (raw, expected) => {
    expect(normalizeCaseNumber(raw)).toBe(expected);
  });

  test('any text › never throws, and a result normalizes to itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (raw) => {
        const number = normalizeCaseNumber(raw);
        if (number !== null) expect(normalizeCaseNumber(number)).toBe(number);
      }),
    );
  });
});
