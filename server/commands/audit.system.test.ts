import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, describe, expect, it } from 'vitest';
import { createAuditStore } from '../audit/audit-store.ts';
import { createChainSeal } from '../audit/chain-seal.ts';
import { createSessionStore } from '../auth/session-store.ts';
import { buildServer } from '../built-server-for-tests.ts';
import { openDatabase } from '../platform/storage/database.ts';

const built = await buildServer();
const folder = mkdtempSync(join(tmpdir(), 'deskside-audit-'));
afterAll(() => {
  built.remove();
  rmSync(folder, { recursive: true });
});

const url = `sqlite:${join(folder, 'test.db')}`;
const key = createHash('sha256').update('a key of these tests').digest();

const run = (...args: string[]) => runCommand('audit', ...args);

function runCommand(name: 'audit' | 'sessions', ...args: string[]) {
  return runWith(key, name, ...args);
}

function runWith(secretsKey: Buffer, name: 'audit' | 'sessions', ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [built.command(name), ...args], {
    cwd: folder,
    env: { ...process.env, DATABASE_URL: url, SECRETS_KEY: secretsKey.toString('base64') },
    encoding: 'utf8',
  });
  return { code: status, stdout, stderr };
}

describe('npm run audit', () => {
  it('a trail, then the same trail with a changed entry › is unbroken, then broken there', {
    timeout: 120_000,
  }, async () => {
    expect(run('verify')).toMatchObject({ code: 1, stderr: expect.stringContaining('There is no database') });
    const database = await openDatabase(url);
    const seal = createChainSeal(key);
    const store = createAuditStore({ database, clock: () => 1_790_000_000_000, seal });
    const agent = { account: 'main', uid: 'agent-1' };
    await store.sealNewTrail();
    await store.append([{ agent, action: 'session.sign-in' }]);
    await store.append([{ agent, action: 'customer.view', engagementId: 'E-1', customerId: 'crm:\u001b[31m1' }]);

    const unbroken = run('verify');
    expect(unbroken).toMatchObject({ code: 0, stderr: '' });
    expect(unbroken.stdout).toMatch(/^Unbroken: 2 entries\.\nThe trail is sealed by SECRETS_KEY\.\n/);
    const head = /2:[\w-]{43}/.exec(unbroken.stdout)?.[0] ?? '';
    expect(run('verify', '--head', head).code).toBe(0);
    expect(run('list', '--engagement', 'E-1').stdout).toBe(
      '2  2026-09-21T14:13:20.000Z  customer.view  agent-1  E-1  crm:?[31m1  {}\n',
    );

    const otherKey = createHash('sha256').update('another key').digest();
    expect(runWith(otherKey, 'audit', 'verify')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('BROKEN at entry 2: the trail is sealed by another SECRETS_KEY.'),
    });
    expect(runWith(otherKey, 'audit', 'reseal', '--head', `2:${'x'.repeat(43)}`)).toMatchObject({
      code: 1,
      stdout: 'BROKEN at entry 2: it is not the entry that was noted.\n',
    });
    const resealed = runWith(otherKey, 'audit', 'reseal', '--head', head);
    expect(resealed).toMatchObject({ code: 0, stderr: '' });
    expect(resealed.stdout).toMatch(/^Sealed\. It was sealed by another key before\.\nUnbroken: 3 entries\.\n/);
    expect(run('reseal').code).toBe(0);

    await sql`update audit_entries set actor = 'agent-2' where sequence = 2`.execute(database.db);
    await database.close();
    expect(run('verify')).toMatchObject({
      code: 1,
      stdout: 'BROKEN at entry 2: it was changed after it was made.\n',
    });
    expect(runWith(otherKey, 'audit', 'reseal')).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^BROKEN at entry 2/),
    });
    expect(JSON.parse(run('verify', '--json').stdout)).toEqual({ kind: 'broken', sequence: 2, reason: 'changed' });
    for (const args of [[], ['verify', '--head', '3:short'], ['list', '--limit', '0'], ['forget']]) {
      expect(run(...args).code).toBe(2);
    }
  });
});

/** Here, because the build of the server takes longer than the test. */
describe('npm run sessions', () => {
  it('two agents are signed in › lists them, and ends the sessions of one', { timeout: 120_000 }, async () => {
    const run = (...args: string[]) => runCommand('sessions', ...args);
    const database = await openDatabase(url);
    const store = createSessionStore(database);
    const times = { createdAt: 1_790_000_000_000, expiresAt: 4_000_000_000_000 };
    await store.add({ tokenHash: 'a', account: 'main', uid: 'agent-1', ...times });
    await store.add({ tokenHash: 'b', account: 'main', uid: 'agent-\u001b[31m2', ...times });
    await database.close();
    const line = (uid: string) => `main  ${uid}  2026-09-21T14:13:20.000Z  2096-10-02T07:06:40.000Z\n`;
    expect(run('list').stdout).toBe(line('agent-1') + line('agent-?[31m2'));
    expect(run('end', 'agent-1')).toEqual({ code: 0, stdout: '1 session ended.\n', stderr: '' });
    expect(run('end', 'agent-1')).toMatchObject({ code: 1, stderr: 'This user is not signed in.\n' });
    expect(run('list').stdout).toBe(line('agent-?[31m2'));
    for (const args of [[], ['end'], ['list', 'x'], ['forget']]) expect(run(...args).code).toBe(2);
  });
});
