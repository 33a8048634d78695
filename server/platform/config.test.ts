import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { describe, expect, test } from 'vitest';
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

describe('the configuration', () => {
  test('needs only what Zoom gave, and has a default for the rest', () => {
    expect(loaded({})).toMatchObject({
      port: 4601,
      host: '127.0.0.1',
      publicUrl: undefined,
      databaseUrl: 'sqlite:./data/deskside.db',
      frameAncestors: defaultFrameAncestors,
      logLevel: 'info',
    });
  });

  test('tells every problem at once, by the setting’s name', () => {
    const told = problems({ PORT: '80a', DATABASE_URL: 'mysql://x', LOG_LEVEL: 'loud', PUBLIC_URL: 'ftp://x' });
    for (const name of ['PORT', 'DATABASE_URL', 'LOG_LEVEL', 'PUBLIC_URL', 'ZOOM_CLIENT_ID', 'ZOOM_CLIENT_SECRET']) {
      expect(told.filter((problem) => problem.startsWith(`${name} `))).toHaveLength(1);
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
    ['FRAME_ANCESTORS', "'unsafe-inline'"],
    ['FRAME_ANCESTORS', 'https://zoom.us; script-src *'],
    ['FRAME_ANCESTORS', '*'],
    ['FRAME_ANCESTORS', 'self'],
  ])('does not take %s=%s', (name, value) => {
    expect(problems({ ...needed, [name]: value })).toHaveLength(1);
  });

  test('takes the frame ancestors that CSP takes', () => {
    const sources = "'self' https://*.zoom.us http://localhost:4600 http://127.0.0.1:* desk.acme.example";
    expect(loaded({ FRAME_ANCESTORS: sources }).frameAncestors).toEqual(sources.split(' '));
  });

  test('counts an empty value as not set', () => {
    expect(loaded({ PORT: '', PUBLIC_URL: ' ' })).toMatchObject({ port: 4601, publicUrl: undefined });
  });

  test('keys the account by a digest of its id', () => {
    const config = loaded({ ZOOM_ACCOUNT_ID: 'aBcDeFgHiJ' });
    expect(config.zoom.account).not.toContain('aBcDeFgHiJ');
    expect(config.zoom.account).not.toBe(loaded({ ZOOM_ACCOUNT_ID: 'another' }).zoom.account);
  });

  test('takes two secrets and two tokens while they are being replaced, the current one first', () => {
    expect(
      loaded({
        ZOOM_WEBHOOK_SECRET_TOKEN: 'webhook-secret-2',
        ZOOM_WEBHOOK_SECRET_TOKEN_PREVIOUS: 'webhook-secret-1',
        FLOW_TOKEN_PREVIOUS: 'flow-token-number-1',
      }),
    ).toMatchObject({
      zoom: { webhookSecrets: ['webhook-secret-2', 'webhook-secret-1'] },
      flowTokens: ['flow-token-number-1'],
    });
  });

  test.each([
    ['https://zoom.us', 'https://zoom.us/oauth/token'],
    ['https://zoom.us/oauth/', 'https://zoom.us/oauth/token'],
    ['http://127.0.0.1:4600/oauth/token', 'http://127.0.0.1:4600/oauth/token'],
  ])('finds the token endpoint in ZOOM_OAUTH_URL=%s', (value, url) => {
    expect(loaded({ ZOOM_OAUTH_URL: value }).zoom.oauthUrl.href).toBe(url);
  });

  test('gives the database alone to commands that need nothing of Zoom', () => {
    expect(loadDatabaseUrl({})).toEqual({ kind: 'loaded', value: 'sqlite:./data/deskside.db' });
    expect(loadDatabaseUrl({ DATABASE_URL: 'oops' })).toMatchObject({ kind: 'malformed' });
  });

  test('is described whole by the example file, whose lines are the defaults once uncommented', () => {
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
