import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { people, sampleCountry, writePeople } from './people.ts';
import { storyPeople } from './story-people.ts';

const now = Date.UTC(2026, 10, 21, 10);
const everyone = people(now);

/** E.164 digits of a sample spelling, read independently of the server. */
function dial(written: string): string {
  const digits = written
    .normalize('NFKC')
    .replace(/\(0\)/, '')
    .replace(/\+61 \(03\)/, '+613')
    .replace(/[^\d+]/g, '');
  if (digits.startsWith('+')) return digits;
  return digits.startsWith('00') ? `+${digits.slice(2)}` : `+84${digits.slice(1)}`;
}

// Reserved for fiction, each by its regulator; rows of zeros where a country reserves none.
const fictional = [
  /^\+1\d{3}55501\d\d$/,
  /^\+44(?:2079460\d{3}|1614960\d{3}|7700900\d{3})$/,
  /^\+49(?:3023125\d{3}|8999998\d{3}|17139200\d\d)$/,
  /^\+33(?:19900|46571|63998)\d{4}$/,
  /^\+61(?:[2378]5550\d{4}|49157\d{4})$/,
  /^\+46(?:8465004\d\d|7017406\d\d)$/,
  /^\+35320910\d{4}$/,
  /^\+84(?:28382200\d\d|9000000\d\d)$/,
  /^\+81(?:3000000\d\d|90000000\d\d)$/,
  /^\+91(?:80000000\d\d|90000000\d\d)$/,
];

function sharers(): Map<string, string[]> {
  const holders = new Map<string, string[]>();
  for (const { id, phones = [] } of everyone) {
    for (const number of new Set(phones.map(dial))) holders.set(number, [...(holders.get(number) ?? []), id]);
  }
  return holders;
}

describe('sample people', () => {
  test('all › at least 240 of ten countries, with unique ids, names and case numbers', () => {
    expect(everyone.length).toBeGreaterThanOrEqual(240);
    expect(new Set(everyone.map(({ fields }) => fields?.country)).size).toBeGreaterThanOrEqual(10);
    for (const values of [
      everyone.map(({ id }) => id),
      everyone.map(({ name }) => name),
      everyone.flatMap(({ emails = [] }) => emails),
      everyone.flatMap(({ cases = [] }) => cases.map(({ number }) => number)),
    ]) {
      expect(values.filter((value, index) => values.indexOf(value) !== index)).toEqual([]);
    }
  });

  test('another run or time › are the same, dated relative to the clock', () => {
    expect(people(now)).toEqual(everyone);
    const later = people(now + 24 * 60 * 60 * 1000);
    expect(later.map(({ id, name, phones }) => ({ id, name, phones }))).toEqual(
      everyone.map(({ id, name, phones }) => ({ id, name, phones })),
    );
    expect(later.at(0)?.interactions?.[0]?.at).not.toBe(everyone.at(0)?.interactions?.[0]?.at);
  });

  test('history › has no time in the future', () => {
    const times = everyone.flatMap(({ cases = [], interactions = [] }) => [
      ...cases.map(({ updatedAt }) => updatedAt ?? ''),
      ...interactions.map(({ at }) => at),
    ]);
    expect(times.filter((time) => !(Date.parse(time) < now))).toEqual([]);
  });

  test('numbers and domains › are reserved for fiction and under .example', () => {
    const numbers = everyone.flatMap(({ phones = [] }) => phones);
    expect(numbers.filter((number) => !fictional.some((range) => range.test(dial(number))))).toEqual([]);
    const addresses = everyone.flatMap(({ emails = [] }) => emails);
    expect(addresses.filter((address) => !/^[a-zA-Z.]+@[a-z.-]+\.example$/.test(address))).toEqual([]);
  });

  test('shared numbers › households of two to four, companies of five to eight', () => {
    const groups = [...sharers().values()].map((ids) => ids.length).filter((size) => size > 1);
    expect(groups.filter((size) => size <= 4).length).toBeGreaterThanOrEqual(12);
    expect(groups.filter((size) => size >= 5).length).toBeGreaterThanOrEqual(8);
    expect(Math.max(...groups)).toBeLessThanOrEqual(8);
  });
});

describe('story people', () => {
  const holders = sharers();
  const byEmail = (email: string) =>
    everyone.filter(({ emails = [] }) => emails.some((one) => one.toLowerCase() === email)).map(({ id }) => id);

  test('the identifiers of a story › match exactly its customers', () => {
    const { knownCaller, household, caseHolder, texter, whatsAppWriter, slowCrm, deadCrm } = storyPeople;
    for (const { id, phone } of [knownCaller, texter, whatsAppWriter, slowCrm, deadCrm])
      expect(holders.get(phone)).toEqual([id]);
    expect(holders.get(household.phone)).toEqual(household.ids);
    const { webChatVisitor, emailSender, videoCaller, threeChats } = storyPeople;
    for (const { id, email } of [webChatVisitor, emailSender, videoCaller, ...threeChats]) {
      expect(byEmail(email)).toEqual([id]);
    }
    const withCase = everyone.filter(({ cases = [] }) => cases.some(({ number }) => number === caseHolder.caseNumber));
    expect(withCase.map(({ id }) => id)).toEqual([caseHolder.id]);
  });

  test('strangers › match none', () => {
    for (const phone of storyPeople.strangers.phones) expect(holders.has(phone)).toBe(false);
    expect(byEmail(storyPeople.strangers.email)).toEqual([]);
  });

  test('the first › is a platinum customer with a complaint and two open cases', () => {
    const known = everyone.find(({ id }) => id === storyPeople.knownCaller.id);
    expect(known?.fields).toMatchObject({ tier: 'PLATINUM', alerts: 'Complaint open since 3 Nov' });
    expect(known?.cases?.filter(({ status }) => status === 'open')).toHaveLength(2);
  });
});

test('sample people › imported by the customers command › every row is accepted and every number is understood', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'deskside-people-'));
  try {
    const file = join(folder, 'people.ndjson');
    await writePeople(file, now);
    const args = [
      '--import',
      'tsx',
      'server/commands/customers.ts',
      'import',
      file,
      '--country',
      sampleCountry,
      '--dry-run',
    ];
    const { stdout } = await promisify(execFile)(process.execPath, args, {
      env: { ...process.env, DATABASE_URL: `sqlite:${join(folder, 'people.db')}` },
    });
    expect(stdout).toContain(`${everyone.length} accepted, 0 updated, 0 rejected, 0 warnings`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
