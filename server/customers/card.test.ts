import { describe, expect, test } from 'vitest';
import { toCard } from './card.ts';
import type { CustomerRecord } from './customer-source.ts';
import type { SourcedRecord } from './merge.ts';

const source = { id: 'directory', label: 'Directory', fetchedAt: 1_000 };

function cardOf(record: Partial<CustomerRecord> = {}) {
  const empty = {
    id: 'C-1',
    name: 'Ann Lee',
    company: undefined,
    phones: [],
    emails: [],
    fields: {},
    cases: [],
    interactions: [],
  };
  const sourced = { id: `directory:${record.id ?? empty.id}`, source, sensitive: [], record: { ...empty, ...record } };
  return toCard({ id: sourced.id, records: [sourced], mergedBy: [] });
}
const phone = (raw: string, value: string | null) => ({ raw, value });

describe('customer card', () => {
  test('phones and e-mails › show the last four digits and two letters', () => {
    const card = cardOf({
      phones: [phone('(028) 3822 5678', '+842838225678'), phone('ask reception', null), phone('2041', null)],
      emails: [
        phone('Ann@Northwind.example', 'ann@northwind.example'),
        phone('a@h.example', 'a@h.example'),
        phone('ann', null),
      ],
    });
    expect(card.phones.map(({ masked }) => masked)).toEqual(['•••• 5678', '•••', '•••']);
    expect(card.emails.map(({ masked }) => masked)).toEqual(['a•••@n…', '•••@h…', '•••']);
  });

  test('a source has a card number anywhere › it is removed', () => {
    const text = 'Paid with 4111 1111 1111 1111, then 3782-822463-10005';
    const card = cardOf({
      name: text,
      company: text,
      fields: { Alert: text, note: text, [text]: 'x', Tier: text },
      cases: [{ number: '1', subject: text }],
      interactions: [{ at: 1, summary: text, agent: text }],
    });
    expect(JSON.stringify(card)).not.toMatch(/1111|10005/);
    expect(card.cases[0]?.subject).toBe('Paid with [card number], then [card number]');
  });

  test('a text repeats a phone or e-mail › it is masked there too', () => {
    const card = cardOf({
      phones: [phone('+44 20 7946 0001', '+442079460001')],
      emails: [phone('ann@northwind.example', 'ann@northwind.example')],
      fields: {
        owner: 'mina@northwind.example',
        alerts: 'Call 020 7946 0001 first',
        'Mobile 2': '+44 7700 900123',
        'Old login': 'ANN@Northwind.example',
        note: 'write to ann@northwind.example or 0044 20 7946-0001',
        since: '2019 020/79460001',
      },
      cases: [{ number: 'CS-1', subject: 'Cannot be reached at +442079460001' }],
      interactions: [{ at: 1, summary: 'Asked to write to ann@northwind.example' }],
    });
    const text = JSON.stringify(card);
    expect(text).not.toMatch(/northwind/i);
    expect(text.replace(/\D/g, '')).not.toMatch(/79460001|900123/);
    expect(card.alerts).toEqual(['Call •••• 0001 first']);
    expect(card.details).toContainEqual({
      name: 'note',
      value: 'write to a•••@n… or •••• 0001',
      source: 'directory',
    });
  });

  test.each([
    '020–7946–0001',
    '020‑7946‑0001',
    '020/7946/0001',
    '020_7946_0001',
    '020,7946,0001',
    '020\u20097946\u202f0001',
    '020 7946 00\u200b01',
    '０２０ ７９４６ ０００１',
    '٠٢٠٧٩٤٦٠٠٠١',
    '(+44) 20 7946 (0001)',
    '+44 20 7946 0001 5 times',
    'tel:+44-7700-900123',
    '＋44 7700 900123',
    'ann＠northwind.example',
    'ann%40northwind.example',
    '"ann lee"@northwind.example',
    `${'a'.repeat(100)}@northwind.example`,
  ])('%s in any text › is masked', (written) => {
    const card = cardOf({
      name: `Ann ${written}`,
      company: written,
      phones: [phone('020 7946 0001', '+442079460001')],
      fields: { [`called ${written}`]: '1', note: `x ${written} y`, tier: written },
      cases: [{ number: 'CS-1', subject: written, status: written, priority: written }],
      interactions: [{ at: 1, channel: written, agent: written, summary: written }],
    });
    const text = JSON.stringify(card)
      .normalize('NFKC')
      .replace(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) & 15));
    expect(text).not.toMatch(/northwind|aaa/);
    expect(text.replace(/\D/g, '')).not.toMatch(/79460001|900123/);
  });

  test('long hostile texts › are masked in linear time', () => {
    const texts = ['+1234567 ', '1234567 ', 'a.', '"a ', '1.', '+1 (', 'a%40', '@', 'a@'].map((part) =>
      part.repeat(4_000).slice(0, 4_000),
    );
    const before = process.cpuUsage();
    for (const summary of texts) {
      cardOf({
        phones: [phone('x', '+442079460001')],
        interactions: Array.from({ length: 50 }, () => ({ at: 1, summary })),
      });
    }
    const { user, system } = process.cpuUsage(before);
    // µs, for 1.8 MB. Parsing each number took a hundred times as long.
    expect(user + system).toBeLessThan(2_000_000);
  });

  test('national numbers in details, alerts, cases and names › are masked without a country, dates and orders stay', () => {
    const card = cardOf({
      name: '(202) 555-0101',
      company: '202.555.0102',
      fields: {
        MobilePhone: '(202) 555-0107',
        HomePhone: '202.555.0108',
        Fax: '(202) 555-0106',
        alerts: 'Call 202-555-0103 first',
        note: 'order 4155550199 of 2026-11-20',
      },
      cases: [{ number: 'CS-1042', subject: 'Cannot be reached at 0912 345 678' }],
      interactions: [{ at: 1, summary: 'Call back on (028) 3822 5678' }],
    });
    expect(JSON.stringify(card).replace(/\D/g, '')).not.toMatch(/202555|91234|3822/);
    expect(card.alerts).toEqual(['Call •••• 0103 first']);
    expect(card.details.map(({ value }) => value)).toEqual([
      '•••• 0107',
      '•••• 0108',
      '•••• 0106',
      'order 4155550199 of 2026-11-20',
    ]);
  });

  test('numbers that are not phones › stay readable', () => {
    const card = cardOf({
      phones: [phone('+14155550101', '+14155550101')],
      fields: { 'account number': '778812', contract: '2026-11-20 / 99120034', amount: '1,250.00' },
    });
    expect(card.accountNumber).toBe('778812');
    expect(card.details.map(({ value }) => value)).toEqual(['2026-11-20 / 99120034', '1,250.00']);
  });

  test('recognized fields › are found in any spelling, the others keep their order', () => {
    const card = cardOf({
      company: 'Northwind',
      fields: {
        Zeta: '1',
        TIER: 'Gold',
        Account_Number: '778812',
        'Time-Zone': 'Asia/Tokyo',
        language: 'en',
        Owner: 'Mina',
        flags: 'Complaint open; ;VIP | Speaks slowly',
        empty: ' ',
        tier: 'Silver',
        Alpha: '2',
      },
    });
    expect(card).toMatchObject({
      company: 'Northwind',
      tier: 'Gold',
      accountNumber: '778812',
      timeZone: 'Asia/Tokyo',
      language: 'en',
      owner: 'Mina',
      alerts: ['Complaint open', 'VIP', 'Speaks slowly'],
      records: [{ id: 'directory:C-1', source, missing: [] }],
    });
    expect(card.details).toEqual([
      { name: 'Zeta', value: '1', source: 'directory' },
      { name: 'tier', value: 'Silver', source: 'directory' },
      { name: 'Alpha', value: '2', source: 'directory' },
    ]);
  });

  test('a field is named like a property of objects › is a detail', () => {
    const fields = JSON.parse('{"__proto__":"a","constructor":"b"}') as Record<string, string>;
    expect(cardOf({ fields }).details.map(({ name }) => name)).toEqual(['__proto__', 'constructor']);
  });

  test('time zone › is the named one, else the only one of the country, else absent', () => {
    const vietnam = phone('x', '+842838225678');
    const only = new Intl.DateTimeFormat('en', { timeZone: 'Asia/Ho_Chi_Minh' }).resolvedOptions().timeZone;
    const zoneOf = (record: Partial<CustomerRecord>) => {
      const { timeZone } = cardOf(record);
      return timeZone && new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone;
    };
    expect(zoneOf({ fields: { timezone: 'Asia/Ho_Chi_Minh' } })).toBe(only);
    expect(zoneOf({ fields: { country: 'vn' } })).toBe(only);
    expect(zoneOf({ phones: [vietnam] })).toBe(only);
    expect(zoneOf({ fields: { country: 'US' }, phones: [vietnam] })).toBeUndefined();
    expect(zoneOf({ phones: [vietnam], isPreview: true })).toBeUndefined();
    expect(zoneOf({ phones: [phone('x', '+14155550101')] })).toBeUndefined();
    expect(zoneOf({})).toBeUndefined();
  });

  test('time zone is unknown › is a detail', () => {
    const card = cardOf({ fields: { 'time zone': 'Hanoi time' } });
    expect(card.timeZone).toBeUndefined();
    expect(card.details).toEqual([{ name: 'time zone', value: 'Hanoi time', source: 'directory' }]);
  });

  test.each([
    ['high', 'High', true],
    ['1 - Critical', 'Critical', true],
    ['4 - Low', 'Low', false],
    ['P1', 'P1', true],
    ['normal', 'Normal', false],
  ])('a case of priority %s › says %s', (written, priority, isUrgent) => {
    const record = { cases: [{ number: '1', subject: 's', priority: written }] };
    expect(cardOf(record).cases[0]).toMatchObject({ priority, isUrgent, isOpen: true });
  });

  test('open cases › are sorted urgent first, closed ones by time alone', () => {
    const item = (number: string, priority: string, status: string, updatedAt: number) => ({
      number,
      subject: 's',
      priority,
      status,
      updatedAt,
    });
    const cases = [
      item('1', 'low', 'open', 4),
      item('2', 'high', 'open', 1),
      item('3', 'high', 'closed', 2),
      item('4', 'low', 'solved', 3),
    ];
    expect(cardOf({ cases }).cases.map(({ number }) => number)).toEqual(['2', '1', '4', '3']);
  });

  test('cases and interactions › are sorted, open cases first and newest first', () => {
    const item = (number: string, status: string | undefined, updatedAt: number) => ({
      number,
      subject: 's',
      updatedAt,
      ...(status !== undefined && { status }),
    });
    const card = cardOf({
      cases: [item('1', 'Closed', 9), item('2', 'open', 1), item('3', undefined, 2), item('4', 'resolved', 10)],
      interactions: [{ at: 1 }, { at: 3 }, { at: 2 }],
    });
    expect(card.cases.map(({ number }) => number)).toEqual(['3', '2', '4', '1']);
    expect(card.interactions.map(({ at }) => at)).toEqual([3, 2, 1]);
  });

  test('customer with thousands of rows › is bounded by the layout', () => {
    const many = Array.from({ length: 5_000 }, (_, index) => index);
    const card = cardOf({
      cases: many.map((at) => ({ number: String(at), subject: 's' })),
      interactions: many.map((at) => ({ at })),
      fields: Object.fromEntries(many.map((at) => [`field ${at}`, 'value'])),
    });
    expect([card.cases.length, card.interactions.length, card.details.length]).toEqual([50, 50, 100]);
  });
});

describe('card of a merged customer', () => {
  const record = (id: string, more: Partial<CustomerRecord>): SourcedRecord => ({
    id: `${id}:1`,
    source: { id, label: id.toUpperCase(), fetchedAt: 1_000 },
    sensitive: [],
    record: {
      id: '1',
      name: 'Ann Lee',
      company: undefined,
      fields: {},
      cases: [],
      interactions: [],
      phones: [phone('020 7946 0001', '+442079460001')],
      emails: [],
      ...more,
    },
  });
  const card = toCard({
    id: 'a:1',
    mergedBy: ['phone'],
    records: [
      record('a', {
        company: 'Northwind',
        fields: { tier: 'Gold', Plan: 'Fibre 500' },
        cases: [{ number: '1', subject: 'older', updatedAt: 1 }],
        url: 'https://a.example/1',
      }),
      record('b', {
        company: 'Northwind Ltd',
        fields: { tier: 'gold ', owner: 'Mina', plan: 'Fibre 500', Device: 'Hub 6' },
        cases: [{ number: '2', subject: 'newer', updatedAt: 2, url: 'https://b.example/2' }],
        missing: [{ part: 'interactions', failure: { kind: 'forbidden' } }],
      }),
    ],
  });

  test('records differ › the first value stands in the header, all in the differences', () => {
    expect(card).toMatchObject({ id: 'a:1', company: 'Northwind', tier: 'Gold', owner: 'Mina', mergedBy: ['phone'] });
    expect(card.differences).toEqual([
      {
        field: 'company',
        values: [
          { value: 'Northwind', source: 'a' },
          { value: 'Northwind Ltd', source: 'b' },
        ],
      },
    ]);
  });

  test('lists of both records › are joined, each line with its source', () => {
    expect(card.cases.map(({ number, source, url }) => [number, source, url])).toEqual([
      ['2', 'b', 'https://b.example/2'],
      ['1', 'a', undefined],
    ]);
    expect(card.phones).toEqual([{ masked: '•••• 0001', source: 'a' }]);
    expect(card.details).toEqual([
      { name: 'Plan', value: 'Fibre 500', source: 'a' },
      { name: 'Device', value: 'Hub 6', source: 'b' },
    ]);
  });

  test('a source did not answer a part › is named as missing', () => {
    expect(card.records).toMatchObject([
      { id: 'a:1', url: 'https://a.example/1', missing: [] },
      { id: 'b:1', missing: [{ part: 'interactions', state: 'forbidden' }] },
    ]);
  });
});
