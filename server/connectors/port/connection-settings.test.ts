import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { createHostRule } from '../http/host-rule.ts';
import { type ConnectionSettings, findConnectionProblems } from './connection-settings.ts';
import { defineConnector } from './connector.ts';
import { notFound } from './outcome.ts';
import { addressSetting, addressWithDefault, commonSettings, secretSetting, textSetting } from './settings.ts';

const desk = defineConnector({
  name: 'desk',
  label: 'Desk',
  settings: z.object({
    ...commonSettings,
    baseUrl: addressSetting({ label: 'Address' }),
    tokenUrl: addressWithDefault('https://login.desk.example/token', { label: 'Tokens' }),
    clientId: textSetting({ label: 'Client id' }),
    clientSecret: secretSetting({ label: 'Client secret' }),
  }),
  hosts: ['*.desk.example'],
  scopes: [],
  unverified: [],
  limits: {},
  baseUrl: ({ baseUrl }) => baseUrl,
  authorize: () => ({ kind: 'none' }),
  connect: () => ({
    findByPhone: async () => notFound,
    findByEmail: async () => notFound,
    findByCase: async () => notFound,
    search: async () => notFound,
    readCustomers: async () => notFound,
    logActivity: async () => notFound,
    check: async () => notFound,
  }),
});

const good: ConnectionSettings = {
  id: 'support',
  connector: 'desk',
  label: 'Support',
  settings: { baseUrl: 'https://acme.desk.example', clientId: 'id' },
  secrets: { clientSecret: 'very secret' },
};
const problemsOf = (...connections: Partial<ConnectionSettings>[]) =>
  findConnectionProblems(
    connections.map((each) => ({ ...good, ...each })),
    [desk],
    false,
  );
const withSettings = (settings: Record<string, unknown>) =>
  problemsOf({ settings: { ...good.settings, ...settings } }).map((problem) =>
    problem.replace('SOURCES_FILE: source "support": ', ''),
  );

describe('connection settings', () => {
  test('valid › no problems', () => {
    expect(problemsOf({}, { id: 'second' })).toEqual([]);
  });

  test('several problems › each is listed with its place', () => {
    expect(
      problemsOf(
        { connector: 'desc' },
        { settings: { baseURL: 'x', clientSecret: 'very secret' }, secrets: { clientId: 'id', other: 'x' } },
        { id: 'Sup:port' },
      ),
    ).toEqual([
      'SOURCES_FILE: source "support": connector must be one of desk, not "desc"',
      'SOURCES_FILE: source "support": id is used by another source',
      'SOURCES_FILE: source "support": settings.baseURL is unknown: there are country, sensitive, baseUrl, tokenUrl, clientId',
      'SOURCES_FILE: source "support": settings.clientSecret is a secret: it belongs under secrets',
      'SOURCES_FILE: source "support": secrets.clientId is no secret: it belongs under settings',
      'SOURCES_FILE: source "support": secrets.other is unknown: there are clientSecret',
      'SOURCES_FILE: source "support": settings.baseUrl is missing',
      'SOURCES_FILE: source "Sup:port": id must be 1 to 32 of a–z, 0–9 and -',
    ]);
  });

  test('id of 33 characters › is listed', () => {
    expect(problemsOf({ id: 'a'.repeat(32) })).toEqual([]);
    expect(problemsOf({ id: 'a'.repeat(33) })).toEqual([expect.stringContaining('id must be 1 to 32')]);
  });

  test('port of another service › is a problem that says which ports are allowed', () => {
    const problem = 'settings.baseUrl must have no port, or one from 1024; any other only with ALLOW_PRIVATE_SOURCES=1';
    expect(problemsOf({ settings: { ...good.settings, baseUrl: 'https://acme.desk.example:22' } })).toEqual([
      `SOURCES_FILE: source "support": ${problem}`,
    ]);
    expect(problemsOf({ settings: { ...good.settings, baseUrl: 'https://acme.desk.example:8443' } })).toEqual([]);
  });

  test('missing secret, malformed value › are listed', () => {
    expect(problemsOf({ secrets: {} })).toEqual(['SOURCES_FILE: source "support": secrets.clientSecret is missing']);
    expect(withSettings({ country: 'Freedonia', clientId: 7 })).toEqual([
      'settings.country must be two letters such as US',
      'settings.clientId must be text',
    ]);
  });

  test.each([
    'http://acme.desk.example',
    'https://acme.desk.example.evil.example',
    'https://desk.example',
    'https://127.0.0.1',
    'https://0x7f.1',
    'https://[::ffff:127.0.0.1]',
    'https://169.254.169.254',
    'https://localhost',
  ])('%s › is not a host of the connector', (baseUrl) => {
    const where = 'an https address at *.desk.example; any other only with ALLOW_PRIVATE_SOURCES=1';
    expect(withSettings({ baseUrl })).toEqual([`settings.baseUrl must be ${where}`]);
    expect(withSettings({ tokenUrl: baseUrl })).toEqual([`settings.tokenUrl must be ${where}`]);
  });

  test('URL with a user › is rejected, also with private sources', () => {
    const connection = { ...good, settings: { ...good.settings, baseUrl: 'https://acme.desk.example@evil.example' } };
    for (const allowPrivate of [false, true]) {
      expect(findConnectionProblems([connection], [desk], allowPrivate)).toHaveLength(1);
    }
  });

  test('private sources allowed › any host is accepted', () => {
    const connection = { ...good, settings: { ...good.settings, baseUrl: 'http://127.0.0.1:4000' } };
    expect(findConnectionProblems([connection], [desk], true)).toEqual([]);
  });

  test('any problem › contains no secret', () => {
    const problems = problemsOf({ settings: { clientSecret: 'very secret' }, secrets: { x: 'very secret' } });
    expect(problems.join()).not.toContain('very secret');
  });
});

describe('URL from a CRM', () => {
  const settings = { baseUrl: 'http://127.0.0.1:4000' };
  test.each([
    ['https://acme.desk.example/1', true, true],
    ['http://acme.desk.example/1', false, false],
    ['http://127.0.0.1:4000/1', false, true],
    ['http://127.0.0.1:4001/1', false, false],
    ['https://evil.example/1', false, false],
    ['https://acme.desk.example@evil.example/', false, false],
    ['javascript:alert(1)', false, false],
    ['no address', false, false],
  ])('%s › allowed: %s, with private sources: %s', (url, belongs, belongsPrivately) => {
    expect(createHostRule(desk, settings, false)(url)).toBe(belongs);
    expect(createHostRule(desk, settings, true)(url)).toBe(belongsPrivately);
  });
});
