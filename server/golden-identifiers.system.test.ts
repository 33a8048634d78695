/**
 * The golden table: every kind of identifier against every source. A line runs through the whole product: engagement
 * facts, identifiers, the connector's requests over HTTP to a fake of its CRM (or to the directory's database),
 * verification of the hits, the match and its evidence. Each source holds the customers of all lines, so that a wrong
 * match can occur.
 */
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Evidence, Hit, Match, MatchRule } from '#contract/customers.ts';
import type { EngagementFacts } from '#contract/engagements.ts';
import { connectToFake, type FakeConnection } from './connectors/conformance/connect-for-tests.ts';
import type { FakeCrm, FakeCustomer } from './connectors/conformance/fake-crm-server.ts';
import type { FileCustomer, FileRow } from './connectors/directory/customer-file.ts';
import { directory } from './connectors/directory/definition.ts';
import { importCustomers } from './connectors/directory/import-customers.ts';
import { dynamics } from './connectors/dynamics/definition.ts';
import { startFakeDynamics } from './connectors/dynamics/fake.ts';
import { hubspot } from './connectors/hubspot/definition.ts';
import { startFakeHubspot } from './connectors/hubspot/fake.ts';
import type { ConnectorDefinition } from './connectors/port/connector.ts';
import { salesforce } from './connectors/salesforce/definition.ts';
import { startFakeSalesforce } from './connectors/salesforce/fake.ts';
import { servicenow } from './connectors/servicenow/definition.ts';
import { startFakeServicenow } from './connectors/servicenow/fake.ts';
import { zendesk } from './connectors/zendesk/definition.ts';
import { startFakeZendesk } from './connectors/zendesk/fake.ts';
import type { CustomerSource } from './customers/customer-source.ts';
import { listIdentifiers } from './customers/engagement-identifiers.ts';
import { evaluateLookup } from './customers/evaluate-lookup.ts';
import { identifiers } from './customers/identifiers/identifiers.ts';
import { createStartLookup } from './customers/lookup.ts';
import { noOwnNumbers } from './customers/own-numbers.ts';
import { emailLines, numberLines } from './golden/email-and-number-lines-for-tests.ts';
import { fieldPhoneLines } from './golden/field-phone-lines-for-tests.ts';
import { type GoldenLine, type GoldenSource, none, type Standing } from './golden/golden-line-for-tests.ts';
import { hostileLines } from './golden/hostile-lines-for-tests.ts';
import { phoneLines } from './golden/phone-lines-for-tests.ts';
import { systemClock } from './platform/clock.ts';
import { type Database, openDatabase } from './platform/storage/database.ts';

const lines = [...phoneLines, ...fieldPhoneLines, ...emailLines, ...numberLines, ...hostileLines];
const countries = [...new Set(lines.map(([, , country]) => country))];
/** The customers that every source holds, with their lines. */
const everybody = lines.flatMap((line) => toCustomers(line).map((customer) => ({ line, customer })));

/** A stored customer of a line, with the id and case number that the source assigned. */
type Put = { id: string; name: string; caseNumber: string };

/** A source that holds all customers, with one connection for each country of national numbers. */
type Opened = {
  sourceFor(country: string): CustomerSource;
  listErrors(): unknown[];
  goAway(): Promise<void>;
  stop(): Promise<void>;
};
type Open = (put: (line: GoldenLine, who: Put) => void) => Promise<Opened>;

const sources: Record<GoldenSource, Open> = {
  directory: openDirectory,
  salesforce: openCrm(salesforce, startFakeSalesforce),
  zendesk: openCrm(zendesk, startFakeZendesk),
  servicenow: openCrm(servicenow, startFakeServicenow),
  hubspot: openCrm(hubspot, startFakeHubspot),
  dynamics: openCrm(dynamics, startFakeDynamics),
};

it('golden table › at least 200 lines › all identifiers and titles are distinct', () => {
  const asked = lines.map(([kind, , , understood]) => `${kind} ${understood}`).filter((text) => /\d/.test(text));
  expect(lines.length).toBeGreaterThanOrEqual(200);
  expect(asked.filter((text, index) => !text.includes('{') && asked.indexOf(text) !== index)).toEqual([]);
  expect(new Set(lines.map(([, , , , , , title]) => title)).size).toBe(lines.length);
});

describe.each(Object.keys(sources) as GoldenSource[])('golden table › in %s', (name) => {
  const people = new Map<GoldenLine, Put[]>();
  const faults: unknown[] = [];
  let opened: Opened;

  beforeAll(async () => {
    opened = await sources[name]((line, who) => people.set(line, [...(people.get(line) ?? []), who]));
  }, 60_000);
  afterAll(() => opened.stop());

  // A text that keeps a pattern busy for seconds is a failure too.
  it.each(lines.map((line) => [line[6], line] as const))('%s', { timeout: 10_000 }, async (_title, line) => {
    const who = people.get(line) ?? [];
    const match = await lookUp(line, who);
    expect(inOrder(match)).toEqual(expectedMatch(name, line, who, match));
  });

  it('all lines › no errors or failures', () => {
    expect([...opened.listErrors(), ...faults]).toEqual([]);
  });

  it('source is down › is unavailable, not “none”', async () => {
    await opened.goAway();
    const line: GoldenLine = ['phone', '+14155550199', 'US', '+14155550199', [], none, ''];
    const { evidence } = expectedMatch(name, line, [], { kind: 'none', evidence: [] });
    expect(await lookUp(line, [])).toEqual({ kind: 'unavailable', evidence });
  });

  async function lookUp(line: GoldenLine, who: Put[]): Promise<Match> {
    const startLookup = createStartLookup({
      findSeenBefore: async () => [],
      clock: systemClock,
      reportFailure: (error) => faults.push(error),
    });
    const facts = toFacts(line, who);
    const lookup = startLookup({
      account: 'account',
      facts,
      identifiers: listIdentifiers(facts),
      ownNumbers: noOwnNumbers,
      sources: [opened.sourceFor(line[2])],
    });
    await lookup.settled;
    return evaluateLookup(lookup.read()).match;
  }
});

/** The engagement's facts as Zoom sends them. */
function toFacts([kind, rawTemplate]: GoldenLine, who: Put[]): EngagementFacts {
  const raw = fill(rawTemplate, who);
  if (kind === 'phone') return { channel: 'voice', consumers: [{ number: raw }] };
  if (kind === 'email') return { channel: 'email', consumers: [{ email: raw }] };
  return { channel: 'voice', variables: [{ id: 'v1', name: variableOf(kind), value: raw }] };
}

const variableOf = (kind: 'case' | 'account') => `global_custom.Custom.${kind}_number`;
const rules: Record<GoldenLine[0], Exclude<MatchRule, 'agent' | 'seen-before'>> = {
  phone: 'caller-id',
  email: 'email',
  case: 'case-number',
  account: 'account-number',
};
const maxHits = 10;

/** The exact match. If more than ten customers share the identifier, the source chooses which ten are hits. */
function expectedMatch(name: GoldenSource, line: GoldenLine, who: Put[], actual: Match): Match {
  const [kind, rawTemplate, , understood, standings, usual, , differences] = line;
  const { verdict, hitValues, assumedCountry, rule: hitRule } = differences?.[name]?.[0] ?? usual;
  const wasNamed = (id: string) => actual.evidence.some(({ hits }) => hits.some((hit) => hit.customerId === id));
  const hits = findHitCustomers(standings, hitValues, kind === 'case')
    .flatMap(({ at, stored }, index): Hit[] => {
      const person = who[at];
      if (!person) return [];
      const hit = { customerId: `fake:${person.id}`, customerName: person.name, source: 'fake' };
      const ruleOfHit = Array.isArray(hitRule) ? hitRule[index] : hitRule;
      return [
        {
          ...hit,
          stored: fill(stored, who),
          ...(assumedCountry !== undefined && { assumedCountry }),
          ...(ruleOfHit && { rule: ruleOfHit }),
        },
      ];
    })
    .filter(({ customerId }, _index, all) => all.length <= maxHits || wasNamed(customerId))
    .slice(0, maxHits);
  const evidence: Evidence = {
    kind,
    raw: fill(rawTemplate, who),
    ...originOf(kind),
    ...toUnderstood(fill(understood, who)),
    hits,
    sharedBy: hitValues.length,
  };
  if (verdict === 'none') return { kind: 'none', evidence: [evidence] };
  const rule = rules[kind];
  if (verdict === 'matched') {
    return { kind: 'matched', customerId: hits[0]?.customerId ?? 'nobody', rule, evidence: [evidence] };
  }
  const customerIds = hits.map(({ customerId }) => customerId);
  return inOrder({ kind: 'ambiguous', customerIds, sharedBy: hitValues.length, rule, evidence: [evidence] });
}

/** The customers of the expected hits: each stored value belongs to the next customer that has it. */
function findHitCustomers(
  standings: Standing[],
  hitValues: string[],
  isCase: boolean,
): { at: number; stored: string }[] {
  let from = 0;
  return hitValues.map((stored) => {
    const at = isCase ? from : standings.findIndex((one, index) => index >= from && listForms(one).some(holds(stored)));
    from = at + 1;
    return { at, stored };
  });
}

/** An import may have split a cell and removed invisible characters. */
const holds = (stored: string) => (form: string) => form.toLowerCase().includes(stored.toLowerCase());

function originOf(kind: GoldenLine[0]): Pick<Evidence, 'origin' | 'variable'> {
  if (kind === 'phone') return { origin: 'caller-id' };
  return kind === 'email' ? { origin: 'sender' } : { origin: 'flow', variable: variableOf(kind) };
}

/** Behind the understood form stands how a number without a country was read. */
function toUnderstood(text: string): Pick<Evidence, 'normalized' | 'notLookedUp' | 'assumed'> {
  const reason = (['withheld', 'short-code', 'extension', 'unreadable'] as const).find((one) => one === text);
  if (reason) return { normalized: null, notLookedUp: reason };
  const assumed = (['directory-country', 'international'] as const).find((one) => text.endsWith(` ${one}`));
  return assumed ? { normalized: text.replace(/ [a-z-]+$/, ''), assumed } : { normalized: text };
}

/** The source chooses the order of customers that share an identifier. */
function inOrder(match: Match): Match {
  const evidence = match.evidence.map((item) => ({ ...item, hits: item.hits.toSorted(byId) }));
  return match.kind === 'ambiguous'
    ? { ...match, evidence, customerIds: match.customerIds.toSorted() }
    : { ...match, evidence };
}

const byId = (one: Hit, other: Hit) => (one.customerId < other.customerId ? -1 : 1);

function fill(text: string, [first]: Put[]): string {
  const number = first?.caseNumber ?? '';
  const wide = number.replace(/[!-~]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) + 0xfee0));
  return text
    .replaceAll('{number}', number)
    .replaceAll('{lower}', number.toLowerCase())
    .replaceAll('{wide}', wide)
    .replaceAll('{digits}', /\d+/.exec(number)?.[0].replace(/^0+/, '') ?? '');
}

function toCustomers([kind, , , , standings]: GoldenLine): FakeCustomer[] {
  return standings.map((standing, index) => {
    const forms = listForms(standing);
    return {
      name: ['Ann Lee', 'Bo Lind', 'Cy Noor'][index] ?? `Ann Lee ${'ABCDEFGHIJKL'[index]}`,
      ...(typeof standing === 'object' && !Array.isArray(standing) && { company: standing.company }),
      ...(kind === 'phone' && { phones: forms }),
      ...(kind === 'email' && { emails: forms }),
      ...(kind === 'account' && { accountNumber: forms[0] ?? '' }),
      ...(kind === 'case' && { cases: forms.map((subject) => ({ subject })) }),
    };
  });
}

function listForms(standing: Standing): string[] {
  if (typeof standing === 'string') return [standing];
  return Array.isArray(standing) ? standing : standing.holds;
}

function openCrm(definition: ConnectorDefinition, startFake: () => Promise<FakeCrm>): Open {
  return async (put) => {
    const fake = await startFake();
    for (const { line, customer } of everybody) {
      const { id, caseNumbers } = fake.put(customer);
      put(line, { id, name: customer.name, caseNumber: caseNumbers[0] ?? '' });
    }
    const connections = new Map(
      countries.map((country) => [
        country,
        connectToFake(definition, fake, { readers: identifiers, settings: inCountry(country) }),
      ]),
    );
    return {
      ...readConnections(connections),
      goAway: async () => fake.behave('down'),
      stop: () => fake.stop(),
    };
  };
}

/** A directory reads numbers once, when they are imported: for each country there is another one. */
async function openDirectory(put: (line: GoldenLine, who: Put) => void): Promise<Opened> {
  const rows = everybody.map(({ line, customer }, index): FileRow => {
    const who = { id: `C-${index}`, name: customer.name, caseNumber: `CS-${1_000 + index}` };
    put(line, who);
    return { line: index + 1, kind: 'customer', customer: toFileCustomer(customer, who) };
  });
  const databases: Database[] = [];
  const connections = new Map<string, FakeConnection>();
  for (const country of countries) {
    const database = await openDatabase('sqlite::memory:');
    databases.push(database);
    await importCustomers({
      database,
      rows: Readable.from(rows),
      identifiers,
      country: country || undefined,
      dryRun: false,
      clock: systemClock,
      onProblem: () => {},
    });
    const connection = connectToFake(directory, { settings: {}, secrets: {} }, { readers: identifiers, database });
    connections.set(country, connection);
  }
  const close = async () => void (await Promise.all(databases.map((database) => database.close())));
  return { ...readConnections(connections), goAway: close, stop: close };
}

function toFileCustomer(customer: FakeCustomer, { id, caseNumber }: Put): FileCustomer {
  const { name, company, phones = [], emails = [], accountNumber, cases = [] } = customer;
  const fields: Record<string, string> = accountNumber === undefined ? {} : { accountNumber };
  const numbered = cases.map(({ subject }) => {
    return { number: caseNumber, subject, status: 'open', priority: undefined, updatedAt: undefined };
  });
  return { id, name, company, phones, emails, fields, cases: numbered, interactions: [] };
}

function inCountry(country: string): Record<string, unknown> {
  return country === '' ? {} : { country };
}

function readConnections(connections: Map<string, FakeConnection>): Pick<Opened, 'sourceFor' | 'listErrors'> {
  return {
    sourceFor(country) {
      const connection = connections.get(country);
      if (!connection) throw new Error(`No connection reads numbers in ${country}`);
      return connection.source;
    },
    listErrors: () => [...connections.values()].flatMap(({ errors, failures }) => [...errors, ...failures]),
  };
}
