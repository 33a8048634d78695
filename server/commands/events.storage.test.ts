import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildServer } from '../built-server-for-tests.ts';
import { createInboxStore } from '../intake/inbox/inbox-store.ts';
import { type DatabaseUnderTest, databasesUnderTest } from '../platform/storage/storage-conformance.ts';

const built = await buildServer();
afterAll(built.remove);

/** ms. Each command is a process. */
const testTimeoutMs = 120_000;

type CommandOutput = { code: number | null; stdout: string; stderr: string };

async function run(databaseUrl: string, ...args: string[]): Promise<CommandOutput> {
  const child = spawn(process.execPath, [built.command('events'), ...args], {
    env: { ...process.env, DATABASE_URL: databaseUrl },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (text) => {
    output.stdout += text;
  });
  child.stderr.on('data', (text) => {
    output.stderr += text;
  });
  const [code] = await once(child, 'close');
  return { code, ...output };
}

describe.each(databasesUnderTest)('npm run events on $name', ({ open }) => {
  let database: DatabaseUnderTest;
  beforeAll(async () => {
    database = await open();
    const row = {
      account: 'main',
      origin: 'webhook' as const,
      reason: null,
      processed_at: null,
      received_at: 1_790_000_000_000,
    };
    const happened = { happened_at: 1_789_999_999_000, engagement_id: 'E-1' };
    // One at a time, so that their numbers are known.
    for (const one of [
      {
        ...row,
        ...happened,
        dedupe_key: 'a',
        event: 'engagement_started',
        body: '{"secret":"Ann"}',
        state: 'applied' as const,
      },
      {
        ...row,
        ...happened,
        dedupe_key: 'b',
        event: 'unreadable',
        engagement_id: null,
        body: 'no json',
        state: 'dead' as const,
        reason: 'not-json',
      },
      {
        ...row,
        ...happened,
        dedupe_key: 'c',
        event: 'e\u001b[2Jvil',
        engagement_id: 'E-2',
        body: null,
        state: 'ignored' as const,
      },
    ]) {
      await createInboxStore(database).insert([one]);
    }
  });
  afterAll(() => database.close());

  const states = async () => {
    const rows = await database.db.selectFrom('inbox_events').select(['id', 'state']).orderBy('id').execute();
    return rows.map(({ id, state }) => `${id} ${state}`);
  };

  test('list and show › bodies only in show', { timeout: testTimeoutMs }, async () => {
    const [all, ofOne, json, shown, notJson, gone] = await Promise.all([
      run(database.url, 'list'),
      run(database.url, 'list', '--engagement', 'E-1', '--limit', '5'),
      run(database.url, 'list', '--state', 'dead', '--json'),
      run(database.url, 'show', '1'),
      run(database.url, 'show', '2', '--json'),
      run(database.url, 'show', '3'),
    ]);
    expect(all).toMatchObject({ code: 0, stderr: '' });
    expect(all.stdout.split('\n').filter(Boolean)).toHaveLength(4);
    expect(all.stdout).not.toContain('Ann');
    expect(all.stdout).not.toContain('\u001b');
    expect(ofOne.stdout).toMatch(/^1 .*2026-09-21T.*webhook {2}applied {2}engagement_started {2}E-1$/m);
    expect(ofOne.stdout).not.toContain('E-2');
    expect(JSON.parse(json.stdout)).toEqual([expect.objectContaining({ id: 2, state: 'dead', reason: 'not-json' })]);
    expect(shown.stdout).toContain('"secret": "Ann"');
    expect(JSON.parse(notJson.stdout)).toMatchObject({ id: 2, body: 'no json' });
    expect(gone).toMatchObject({ code: 0, stdout: expect.stringContaining('no longer kept') });
  });

  test('replay of one event, a range or the dead › can be repeated', { timeout: testTimeoutMs }, async () => {
    expect(await run(database.url, 'replay', '--state', 'dead')).toMatchObject({
      code: 0,
      stdout: '1 will be processed again.\n',
    });
    expect(await states()).toEqual(['1 applied', '2 pending', '3 ignored']);
    const range = await run(database.url, 'replay', '1..3');
    expect(range.stdout).toBe('2 will be processed again. 1 cannot be: their bodies are no longer kept.\n');
    expect(await states()).toEqual(['1 pending', '2 pending', '3 ignored']);
    const [one, bodiless, none] = await Promise.all([
      run(database.url, 'replay', '1', '--json'),
      run(database.url, 'replay', '3'),
      run(database.url, 'replay', '99'),
    ]);
    expect(JSON.parse(one.stdout)).toEqual({ replayed: 1, withoutBody: 0 });
    expect(bodiless.code).toBe(1);
    expect(none).toMatchObject({ code: 1, stderr: 'There are no such events.\n' });
  });
});

test('npm run events › wrong usage or unusable database › prints the reason', { timeout: testTimeoutMs }, async () => {
  const wrong: [string[], string][] = [
    [[], 'Say what to do'],
    [['list', '--limit', '0'], '--limit must be'],
    [['list', '--state', 'lost'], '"lost" is not a state'],
    [['show'], 'Say which event'],
    [['replay'], 'Say what to replay'],
    [['replay', '3..1'], 'neither the number'],
  ];
  const answers = await Promise.all(wrong.map(([args]) => run('sqlite::memory:', ...args)));
  for (const [index, { code, stderr }] of answers.entries()) {
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(wrong[index]?.[1] ?? '') });
    expect(stderr).toContain('Usage: npm run events');
  }
  const nowhere = join(tmpdir(), `deskside-no-such-${process.pid}.db`);
  const [missing, lost, empty, help] = await Promise.all([
    run('sqlite::memory:', 'show', '99'),
    run('mysql://nowhere', 'list'),
    run(`sqlite:${nowhere}`, 'list'),
    run('sqlite::memory:', '--help'),
  ]);
  expect(missing).toMatchObject({ code: 1, stderr: 'There is no event 99.\n' });
  expect(lost).toMatchObject({ code: 1, stderr: expect.stringContaining('DATABASE_URL') });
  expect(empty).toMatchObject({ code: 1, stderr: expect.stringContaining('There is no database at') });
  expect(existsSync(nowhere)).toBe(false);
  expect(help).toMatchObject({ code: 0, stdout: expect.stringContaining('Usage') });
});
