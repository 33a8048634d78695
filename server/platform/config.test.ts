import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { defaultFrameAncestors, loadConfig, loadDatabaseUrl, settingNames } from './config.ts';

const needed = { ZOOM_CLIENT_ID: 'client', ZOOM_CLIENT_SECRET: 'secret' };

function loaded(environment: Record<string, string>) {
  const result = loadConfig({ ...needed, ...environment });
  if (result.kind === 'malformed') throw new Error(result.problems.join('\n'));
  return result.value;
}

function problems(environment: Record<string, string>) {
  const result = loadConfig(environment);
  return result.kind === 'malformed' ? result.problems : [];
}

describe('configuration', () => {
  test('only the credentials of Zoom › has defaults for the rest', () => {
    expect(loaded({})).toMatchObject({
      port: 4601,
      host: '127.0.0.1',
      publicUrl: undefined,
      databaseUrl: 'sqlite:./data/deskside.db',
      secretsKey: undefined,
      allowPrivateSources: false,
      sources: [{ id: 'directory', connector: 'directory', label: 'Directory', settings: {}, secrets: {} }],
      frameAncestors: defaultFrameAncestors,
      logLevel: 'info',
    });
  });

  test('own numbers › are read with their country code', () => {
    const text = '+1 415 555 0199, +84 (28) 3822-0000,+14155550199';
    const readNumber = (number: string) => number.replace(/[^+\d]/g, '');
    const result = loadConfig({ ...needed, OWN_NUMBERS: text }, { readNumber });
    expect(result).toMatchObject({ value: { ownNumbers: ['+14155550199', '+842838220000'] } });
    expect(loaded({}).ownNumbers).toEqual([]);
  });

  test.each([
    '028 3822 0000',
    '1415',
    '+1 415 555 0199,',
    '+14155550199;+14155550198',
    '+14155550199 x5',
    'hotline',
    '++1',
  ])('own numbers %s › are refused by name', (text) => {
    const [problem, ...more] = problems({ ...needed, OWN_NUMBERS: `+442079460000,${text}` });
    expect(more).toEqual([]);
    expect(problem).toMatch(/^OWN_NUMBERS must be phone numbers with \+ and country code/);
    expect(problem).not.toContain('+442079460000');
  });

  test('own number that the reader does not understand › is refused', () => {
    const result = loadConfig({ ...needed, OWN_NUMBERS: '+1 999' }, { readNumber: () => undefined });
    expect(result).toMatchObject({ problems: [expect.stringContaining('"+1 999"')] });
  });

  test('several problems › are all reported by the names of their settings', () => {
    const found = problems({ PORT: '80a', DATABASE_URL: 'mysql://x', LOG_LEVEL: 'loud', PUBLIC_URL: 'ftp://x' });
    for (const name of ['PORT', 'DATABASE_URL', 'LOG_LEVEL', 'PUBLIC_URL', 'ZOOM_CLIENT_ID', 'ZOOM_CLIENT_SECRET']) {
      expect(found.filter((problem) => problem.startsWith(`${name} `))).toHaveLength(1);
    }
  });

  test.each([
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '4601 '.repeat(2)],
    ['PUBLIC_URL', 'https://deskside.example/path'],
    ['PUBLIC_URL', 'https://user@deskside.example'],
    ['DATABASE_URL', 'sqlite:'],
    ['ZOOM_ACCOUNT_ID', 'with space'],
    ['ZOOM_WEBHOOK_SECRET_TOKEN', 'short'],
    ['ZOOM_WEBHOOK_SECRET_TOKEN_PREVIOUS', 'with a space in it'],
    ['ZOOM_WEBSOCKET_SUBSCRIPTION_ID', 'id&access_token=x'],
    ['ZOOM_OAUTH_URL', 'ftp://zoom.us'],
    ['ZOOM_API_URL', 'api.zoom.us'],
    ['ZOOM_WS_URL', 'https://ws.zoom.us'],
    ['FLOW_TOKEN', 'short'],
    ['FLOW_TOKEN', 'password'],
    ['FLOW_TOKEN', 'only-23-characters-long'],
    ['FLOW_TOKEN', 'abc'.repeat(10)],
    ['FLOW_TOKEN_PREVIOUS', 'password'],
    ['METRICS_TOKEN', 'only-23-characters-long'],
    ['DRAIN_LINGER_MS', '-1'],
    ['DRAIN_LINGER_MS', '2s'],
    ['DRAIN_LINGER_MS', '60001'],
    ['PUBLIC_URL', 'http://deskside.acme.example'],
    ['PUBLIC_URL', 'http://localhost.acme.example'],
    ['PUBLIC_URL', 'http://192.168.1.7:4601'],
    ['ZOOM_OAUTH_URL', 'http://zoom.us/oauth/token'],
    ['ZOOM_API_URL', 'http://api.zoom.us/v2'],
    ['ZOOM_WS_URL', 'ws://ws.zoom.us/ws'],
    ['SECRETS_KEY', Buffer.alloc(32).toString('base64')],
    ['SECRETS_KEY', Buffer.alloc(32, 0xfb).toString('base64')],
    ['SECRETS_KEY', Buffer.from('0123456789abcdef').toString('hex')],
    ['SECRETS_KEY', Buffer.from(Array.from({ length: 32 }, (_, index) => index * 3)).toString('base64')],
    ['SECRETS_KEY', Buffer.from('correct horse battery staple yes').toString('base64')],
    ['SECRETS_KEY', Buffer.from('password'.repeat(4)).toString('base64')],
    ['SECRETS_KEY', Buffer.alloc(31).toString('base64')],
    ['SECRETS_KEY', Buffer.alloc(33).toString('base64')],
    ['SECRETS_KEY', Buffer.alloc(32).toString('hex')],
    ['SECRETS_KEY', 'a passphrase that has 43 characters in it, '],
    ['ALLOW_PRIVATE_SOURCES', 'true'],
    ['ALLOW_PRIVATE_SOURCES', '2'],
    ['SOURCES_FILE', '/nowhere/sources.json'],
    ['FRAME_ANCESTORS', "'unsafe-inline'"],
    ['FRAME_ANCESTORS', 'https://zoom.us; script-src *'],
    ['FRAME_ANCESTORS', '*'],
    ['FRAME_ANCESTORS', 'self'],
    ['FRAME_ANCESTORS', 'https://*.com'],
    ['FRAME_ANCESTORS', '*.com'],
    ['FRAME_ANCESTORS', "'self' https://*.example:8443"],
    ['FRAME_ANCESTORS', 'https://*.co.uk'],
    ['FRAME_ANCESTORS', 'http://desk.acme.example'],
    ['FRAME_ANCESTORS', 'http://*.zoom.us'],
  ])('%s=%s › is refused', (name, value) => {
    expect(problems({ ...needed, [name]: value })).toHaveLength(1);
  });

  test('frame ancestors › are the sources that CSP accepts', () => {
    const sources = "'self' https://*.zoom.us http://localhost:4600 http://127.0.0.1:* desk.acme.example";
    expect(loaded({ FRAME_ANCESTORS: sources }).frameAncestors).toEqual(sources.split(' '));
  });

  test('an empty value › counts as not set', () => {
    expect(loaded({ PORT: '', PUBLIC_URL: ' ' })).toMatchObject({ port: 4601, publicUrl: undefined });
  });

  test('a secrets key › is accepted in base64 and base64url', () => {
    const key = Buffer.from('+/sYkR3pWq0vB7nHdG5xTzJ2LmE9cUoQfA8iK1yZwXs=', 'base64');
    for (const written of [key.toString('base64'), key.toString('base64').slice(0, -1), key.toString('base64url')]) {
      expect(loaded({ SECRETS_KEY: written }).secretsKey).toEqual(key);
    }
    expect(problems({ ...needed, SECRETS_KEY: 'a-secret-of-mine' })).toEqual([
      'SECRETS_KEY must be exactly 32 bytes in base64; make one with: openssl rand -base64 32',
    ]);
  });

  test('unencrypted addresses on this machine › are accepted', () => {
    for (const host of ['127.0.0.1:4601', 'localhost:4601', '[::1]:4601', 'desk.localhost', '127.8.8.8']) {
      expect(loaded({ PUBLIC_URL: `http://${host}`, ZOOM_WS_URL: `ws://${host}/ws` }).publicUrl?.host).toBe(host);
    }
  });

  test('random keys and tokens › are all accepted', () => {
    for (let count = 0; count < 2_000; count++) {
      expect(loaded({ SECRETS_KEY: randomBytes(32).toString('base64') }).secretsKey).toHaveLength(32);
    }
    for (let count = 0; count < 200; count++) {
      for (const encoding of ['base64', 'base64url', 'hex'] as const) {
        expect(loaded({ FLOW_TOKEN: randomBytes(18).toString(encoding) }).flowTokens).toHaveLength(1);
      }
    }
  });

  test('private sources › are allowed only by their setting', () => {
    expect(loaded({ ALLOW_PRIVATE_SOURCES: '1' }).allowPrivateSources).toBe(true);
    for (const other of ['0', '', ' '])
      expect(loaded({ ALLOW_PRIVATE_SOURCES: other }).allowPrivateSources).toBe(false);
  });

  test('an account id › becomes a digest', () => {
    const config = loaded({ ZOOM_ACCOUNT_ID: 'aBcDeFgHiJ' });
    expect(config.zoom.account).not.toContain('aBcDeFgHiJ');
    expect(config.zoom.account).not.toBe(loaded({ ZOOM_ACCOUNT_ID: 'another' }).zoom.account);
  });

  test('two secrets and two tokens › come with the current one first', () => {
    expect(
      loaded({
        ZOOM_WEBHOOK_SECRET_TOKEN: 'webhook-secret-2',
        ZOOM_WEBHOOK_SECRET_TOKEN_PREVIOUS: 'webhook-secret-1',
        FLOW_TOKEN_PREVIOUS: 'the-flow-token-of-last-year',
      }),
    ).toMatchObject({
      zoom: { webhookSecrets: ['webhook-secret-2', 'webhook-secret-1'] },
      flowTokens: ['the-flow-token-of-last-year'],
    });
  });

  test.each([
    ['https://zoom.us', 'https://zoom.us/oauth/token'],
    ['https://zoom.us/oauth/', 'https://zoom.us/oauth/token'],
    ['http://127.0.0.1:4600/oauth/token', 'http://127.0.0.1:4600/oauth/token'],
  ])('ZOOM_OAUTH_URL=%s › leads to the token endpoint', (value, url) => {
    expect(loaded({ ZOOM_OAUTH_URL: value }).zoom.oauthUrl.href).toBe(url);
  });

  test('only a database URL › suffices for commands without Zoom', () => {
    expect(loadDatabaseUrl({})).toEqual({ kind: 'loaded', value: 'sqlite:./data/deskside.db' });
    expect(loadDatabaseUrl({ DATABASE_URL: 'oops' })).toMatchObject({ kind: 'malformed' });
  });

  test('the example file › lists every setting with its default', () => {
    const example = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8');
    const mentioned = [...example.matchAll(/^#? ?([A-Z_]+)=/gm)].map(([, name]) => name);
    expect(mentioned.toSorted()).toEqual(settingNames.toSorted());
    const uncommented = example.replaceAll(/^# ?([A-Z_]+=)/gm, '$1');
    expect(loaded(parseEnv(uncommented) as Record<string, string>)).toMatchObject({
      port: 4601,
      host: '127.0.0.1',
      databaseUrl: 'sqlite:./data/deskside.db',
      frameAncestors: defaultFrameAncestors,
      logLevel: 'info',
    });
  });
});

describe('sources file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'deskside-sources-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  function fileOf(content: unknown): string {
    const path = join(folder, 'sources.json');
    writeFileSync(path, typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content));
    return path;
  }
  const support = {
    id: 'support',
    connector: 'zendesk',
    label: 'Zendesk',
    settings: { baseUrl: 'https://acme.zendesk.com', fields: { tier: 'plan' } },
    secrets: { clientSecret: { env: 'ZENDESK_CLIENT_SECRET' } },
  };
  const directory = { id: 'directory', connector: 'directory', label: 'Directory' };
  const secret = 'the-secret-of-zendesk';
  const problemsOf = (content: unknown, environment: Record<string, string> = {}) =>
    problems({ ...needed, SOURCES_FILE: fileOf(content), ZENDESK_CLIENT_SECRET: secret, ...environment });

  test('connections › come with their secrets from the environment', () => {
    const path = fileOf({ sources: [support, directory] });
    expect(loaded({ SOURCES_FILE: path, ZENDESK_CLIENT_SECRET: secret }).sources).toEqual([
      { ...support, secrets: { clientSecret: secret } },
      { ...directory, settings: {}, secrets: {} },
    ]);
  });

  test('a label › may be any text of one line', () => {
    const label = '<img src=x onerror=alert(1)> & "Söhne"';
    expect(loaded({ SOURCES_FILE: fileOf({ sources: [{ ...directory, label }] }) }).sources[0]?.label).toBe(label);
  });

  test('ten thousand sources › are refused quickly', () => {
    const sources = Array.from({ length: 10_000 }, (_, index) => ({ ...directory, id: `s${index}` }));
    expect(problemsOf({ sources })).toEqual(['SOURCES_FILE: sources must name at most 50 sources']);
  });

  test('a byte order mark › is ignored', () => {
    expect(problemsOf(`\uFEFF${JSON.stringify({ sources: [directory] })}`)).toEqual([]);
  });

  test.each([
    [{}, 'sources is missing'],
    [[], 'must be an object'],
    [{ sources: {} }, 'sources must be a list'],
    [{ sources: [] }, 'sources must name at least one source'],
    [{ sources: ['directory'] }, 'sources[0] must be an object'],
    [{ sources: [directory], source: [] }, 'has unknown keys: source'],
    [{ sources: [{ ...directory, lable: 'x', Id: 1 }] }, 'sources[0] has unknown keys: lable, Id'],
    [{ sources: [{ ...directory, ['__proto__']: { id: 'x' } }] }, 'sources[0] has unknown keys: __proto__'],
    [{ sources: [{ ...directory, id: undefined }] }, 'sources[0].id is missing'],
    [{ sources: [{ ...directory, id: 'My Source' }] }, 'sources[0].id must be 1 to 32 of a–z, 0–9 and -'],
    [{ sources: [{ ...directory, id: 'a'.repeat(33) }] }, 'sources[0].id must be 1 to 32 of a–z, 0–9 and -'],
    [{ sources: [{ ...directory, id: 'sales:eu' }] }, 'sources[0].id must be 1 to 32 of a–z, 0–9 and -'],
    [{ sources: [{ ...directory, id: '../x' }] }, 'sources[0].id must be 1 to 32 of a–z, 0–9 and -'],
    [{ sources: [directory, support, directory] }, 'sources must each have an id of its own: directory'],
    [{ sources: [{ ...directory, connector: 7 }] }, 'sources[0].connector must be text'],
    [{ sources: [{ ...directory, label: ' ' }] }, 'sources[0].label must be 1 to 64 characters in one line'],
    [{ sources: [{ ...directory, label: 'a\nb' }] }, 'sources[0].label must be 1 to 64 characters in one line'],
    [{ sources: [{ ...directory, label: 'a'.repeat(65) }] }, 'sources[0].label must be 1 to 64 characters in one line'],
    [{ sources: [{ ...directory, settings: null }] }, 'sources[0].settings must be an object'],
    [
      { sources: [{ ...directory, secrets: { key: { env: 'NOT A NAME' } } }] },
      'sources[0].secrets.key.env must be the name of an environment variable',
    ],
    [
      { sources: [{ ...directory, secrets: { key: { env: 'NOT_THERE' } } }] },
      'sources[0].secrets.key names NOT_THERE, which is not set',
    ],
    [
      { sources: [{ ...directory, secrets: { key: { env: 'toString' } } }] },
      'sources[0].secrets.key names toString, which is not set',
    ],
  ])('%j › %s', (content, problem) => {
    expect(problemsOf(content)).toEqual([`SOURCES_FILE: ${problem}`]);
  });

  test.each([
    'the-secret-of-zendesk',
    { value: 'the-secret-of-zendesk' },
    { env: 'ZENDESK_CLIENT_SECRET', fallback: 'the-secret-of-zendesk' },
  ])('a secret in the file: %j › is refused and not repeated', (secretInFile) => {
    const found = problemsOf({ sources: [{ ...support, secrets: { clientSecret: secretInFile } }] });
    expect(found.join()).toContain('sources[0].secrets.clientSecret');
    expect(found.join()).not.toContain(secret);
  });

  test('not JSON › is reported by line and column, without the text', () => {
    const content = `{"sources": [\n  {"id": "support", "secrets": {"key": ${secret}}}\n]}`;
    expect(problemsOf(content)).toEqual(['SOURCES_FILE: not JSON: see line 2, column 40']);
    expect(problemsOf('')).toEqual(['SOURCES_FILE: not JSON: see line 1, column 1']);
  });

  test('an unreadable file › is reported with the reason', () => {
    expect(problemsOf(Buffer.from('{"sources": []}', 'utf16le'))).toEqual([expect.stringMatching(/not (UTF-8|JSON)/)]);
    expect(problemsOf(Buffer.from([0x22, 0xff, 0x22]))).toEqual(['SOURCES_FILE: not UTF-8']);
    expect(problems({ ...needed, SOURCES_FILE: folder })).toEqual(['SOURCES_FILE: cannot be read (EISDIR)']);
    expect(problems({ ...needed, SOURCES_FILE: join(folder, 'none') })).toEqual([
      `SOURCES_FILE: there is no file ${join(folder, 'none')}`,
    ]);
  });

  test('problems of connectors › are reported with all others', () => {
    const checkSources = vi.fn(() => ['SOURCES_FILE: source "support": settings.baseUrl is foreign']);
    const environment = {
      PORT: 'x',
      ZOOM_CLIENT_ID: 'client',
      ALLOW_PRIVATE_SOURCES: '1',
      SOURCES_FILE: fileOf({ sources: [support, directory] }),
    };
    const result = loadConfig(environment, { checkSources });
    expect(result.kind === 'malformed' && result.problems).toEqual([
      'PORT must be a port number',
      'ZOOM_CLIENT_SECRET is missing: it stands beside the client id',
      'SOURCES_FILE: sources[0].secrets.clientSecret names ZENDESK_CLIENT_SECRET, which is not set',
      'SOURCES_FILE: source "support": settings.baseUrl is foreign',
    ]);
    const withoutSecret = { ...support, secrets: {} };
    expect(checkSources).toHaveBeenCalledWith([withoutSecret, { ...directory, settings: {}, secrets: {} }], true);
  });
});
