import { describe, expect, test } from 'vitest';
import type { EngagementFacts } from '#contract/engagements.ts';
import { listIdentifiers } from './engagement-identifiers.ts';

const variable = (name: string, value: string) => ({ id: name, name, value });
const brief = (facts: EngagementFacts, country?: string) =>
  listIdentifiers(facts, country).map((found) => `${found.origin} ${found.kind} ${found.normalized}`);

describe('identifiers of an engagement', () => {
  test('case number from the flow › precedes the caller', () => {
    const facts = {
      channel: 'voice',
      consumers: [{ number: '+14155550101' }],
      variables: [variable('global_custom.Custom.case_number', 'cs-1042')],
    };
    expect(listIdentifiers(facts)).toEqual([
      {
        kind: 'case',
        origin: 'flow',
        variable: 'global_custom.Custom.case_number',
        raw: 'cs-1042',
        normalized: 'CS-1042',
      },
      { kind: 'phone', origin: 'caller-id', raw: '+14155550101', normalized: '+14155550101' },
    ]);
  });

  test.each([
    'case',
    'Case ID',
    'for test.caseId',
    'a.b.CASE-NUMBER',
    'case_no',
    'x.Ticket',
    'ticket id',
    'Ticket_Number',
  ])('variable %j › is a case number', (name) => {
    expect(brief({ variables: [variable(name, 'CS-1')] })).toEqual(['flow case CS-1']);
  });

  test.each(['showcase', 'case.kind', 'casenumbers', 'my case'])('variable %j › is no case number', (name) => {
    expect(brief({ variables: [variable(name, 'CS-1')] })).toEqual([]);
  });

  test.each([
    ['phone', '+1 415 555 0199', 'flow phone +14155550199'],
    ['global_custom.Custom.Phone Number', '+14155550199', 'flow phone +14155550199'],
    ['callback_number', '+14155550199', 'flow phone +14155550199'],
    ['email', 'Ann@northwind.example', 'flow email ann@northwind.example'],
    ['customer-email', 'ann@northwind.example', 'flow email ann@northwind.example'],
    ['customerId', 'C-1001', 'flow account C-1001'],
    ['account_number', '778812', 'flow account 778812'],
  ])('variable %j › is an identifier on every channel', (name, value, identifier) => {
    for (const channel of ['voice', 'email', undefined]) {
      expect(brief({ ...(channel && { channel }), variables: [variable(name, value)] })).toEqual([identifier]);
    }
  });

  test('variables of Zoom’s own › phone and e-mail of agents and queues › are no identifiers', () => {
    const names = ['global_system.Agent.Email', 'global_system.Queue.Phone', 'Global System.Agent.email'];
    for (const name of names) expect(brief({ variables: [variable(name, 'mina@acme.example')] })).toEqual([]);
  });

  test('a withheld caller who gave a phone to the flow › the phone is looked up', () => {
    const facts = {
      channel: 'voice',
      consumers: [{ number: 'anonymous' }],
      variables: [variable('phone', '+14155550199')],
    };
    expect(brief(facts)).toEqual(['caller-id phone null', 'flow phone +14155550199']);
  });

  const both = [{ number: '+14155550101', email: 'Ann@northwind.example' }];
  test.each([
    ['voice', '', ['caller-id phone +14155550101']],
    ['messaging', 'messaging_sms', ['caller-id phone +14155550101']],
    ['email', '', ['sender email ann@northwind.example']],
    ['messaging', 'messaging_webChat', ['self-declared email ann@northwind.example']],
    ['video', 'video_webVideo', ['self-declared email ann@northwind.example']],
    ['messaging', 'messaging_whatsapp', ['caller-id phone +14155550101', 'self-declared email ann@northwind.example']],
    ['work item', '', ['caller-id phone +14155550101', 'self-declared email ann@northwind.example']],
  ])('channel %s, source %s › gives the identifiers of that channel', (channel, source, expected) => {
    expect(brief({ channel, source, consumers: both })).toEqual(expected);
  });

  test('Zoom shows no number › the caller is taken from the flow', () => {
    const variables = [variable('global_system.Engagement.ANI', '+14155550102')];
    expect(brief({ channel: 'voice', variables })).toEqual(['flow phone +14155550102']);
    expect(brief({ channel: 'voice', variables, consumers: [{ number: ' ' }] })).toEqual(['flow phone +14155550102']);
    expect(brief({ channel: 'voice', variables, consumers: both })).toEqual(['caller-id phone +14155550101']);
  });

  test('empty values › are no identifiers', () => {
    const consumers = [{ number: '', email: ' ' }, {}];
    expect(brief({ channel: 'voice', consumers, variables: [variable('case', '  ')] })).toEqual([]);
    expect(brief({})).toEqual([]);
  });

  test('withheld or unreadable value › is listed with the reason', () => {
    expect(listIdentifiers({ channel: 'voice', consumers: [{ number: 'anonymous' }] })).toEqual([
      { kind: 'phone', origin: 'caller-id', raw: 'anonymous', normalized: null, notLookedUp: 'withheld' },
    ]);
    expect(listIdentifiers({ channel: 'email', consumers: [{ email: 'nobody' }] })).toMatchObject([
      { kind: 'email', normalized: null, notLookedUp: 'unreadable' },
    ]);
  });

  test('conference › every consumer is tried once, in the order of Zoom', () => {
    const consumers = [{ number: '+14155550102' }, { number: '+14155550101' }, { number: '+1 415 555 0102' }];
    expect(brief({ channel: 'voice', consumers })).toEqual([
      'caller-id phone +14155550102',
      'caller-id phone +14155550101',
    ]);
  });

  test('national number › is read in the given country', () => {
    expect(brief({ channel: 'voice', consumers: [{ number: '020 7946 0001' }] }, 'GB')).toEqual([
      'caller-id phone +442079460001',
    ]);
  });

  test('five hundred case variables › are at most ten identifiers', () => {
    const variables = Array.from({ length: 500 }, (_, index) => variable(`group${index}.case`, `CS-${index}`));
    expect(brief({ variables })).toHaveLength(10);
  });

  test('five hundred spellings of one number › are parsed thirty times at most', () => {
    const spell = (prefix: string) =>
      Array.from({ length: 500 }, (_, index) =>
        variable(`${prefix}${index}.ani`, `+1415555010${' '.repeat(index % 200)}1`),
      );
    listIdentifiers({ channel: 'voice', variables: spell('first') });
    const before = process.cpuUsage();
    for (let count = 0; count < 10; count++)
      expect(brief({ channel: 'voice', variables: spell(`g${count}.`) })).toEqual(['flow phone +14155550101']);
    const { user, system } = process.cpuUsage(before);
    // µs of this process. Parsing all of them takes some 4,000,000.
    expect(user + system).toBeLessThan(1_500_000);
  });
});
