import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildServer } from '../built-server-for-tests.ts';
import { type DatabaseUnderTest, databasesUnderTest } from '../platform/storage/storage-conformance.ts';

const testTimeoutMs = 240_000;
const folder = mkdtempSync(join(tmpdir(), 'deskside-import-'));
const built = await buildServer();
afterAll(() => {
  built.remove();
  rmSync(folder, { recursive: true, force: true });
});

function startCli(args: string[], databaseUrl: string, nodeOptions: string[] = []): ChildProcess {
  return spawn(process.execPath, [...nodeOptions, built.command('customers'), ...args], {
    env: { ...process.env, DATABASE_URL: databaseUrl },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function finish(child: ChildProcess): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (text) => {
    output.stdout += text;
  });
  child.stderr?.on('data', (text) => {
    output.stderr += text;
  });
  const [code] = await once(child, 'close');
  return { code, ...output };
}

async function writeCustomers(
  name: string,
  count: number,
  describeCustomer: (index: number) => object,
): Promise<string> {
  const file = join(folder, name);
  const stream = createWriteStream(file);
  for (let index = 0; index < count; index++) {
    const room = stream.write(`${JSON.stringify({ id: `C-${index}`, ...describeCustomer(index) })}\n`);
    if (!room) await once(stream, 'drain');
  }
  stream.end();
  await finished(stream);
  return file;
}

describe('npm run customers', () => {
  const url = `sqlite:${join(folder, 'directory.db')}`;

  test('wrong usage › prints the usage, exits 2', async () => {
    const wrong = [['import'], ['export', 'a.csv'], ['import', 'a.xlsx'], ['import', 'a.csv', '--country', 'Mars']];
    wrong.push(['import', 'a.csv', '--map', 'Tel=telephone'], ['import', 'a.ndjson', '--map', 'Tel=phone']);
    const answers = await Promise.all(wrong.map((args) => finish(startCli(args, url))));
    for (const { code, stderr } of answers) {
      expect(code).toBe(2);
      expect(stderr).toContain('Usage: npm run customers -- import FILE');
    }
    expect(answers[2]?.stderr).toContain('".xlsx" is not a known ending');
    expect(answers[3]?.stderr).toContain('"Mars" is not a country');
    expect(answers[4]?.stderr).toContain('--map "Tel=telephone" is not understood');
    expect(answers[5]?.stderr).toContain('--map is for the columns of a .csv');
  });

  test('unusable file or database › prints the reason, exits 1', async () => {
    const headless = join(folder, 'headless.csv');
    writeFileSync(headless, 'number,title\n1,A\n');
    const missing = await finish(startCli(['import', join(folder, 'none.csv')], url));
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining('none.csv') });
    const answer = await finish(startCli(['import', headless], url));
    expect(answer).toMatchObject({ code: 1, stderr: expect.stringContaining('no column "id"') });
    const empty = join(folder, 'empty.csv');
    writeFileSync(empty, 'id,name\n\n');
    const nobody = await finish(startCli(['import', empty], url));
    expect(nobody).toMatchObject({ code: 1, stderr: expect.stringContaining('No customer was read') });
    const lost = await finish(startCli(['import', headless], 'mysql://nowhere'));
    expect(lost).toMatchObject({ code: 1, stderr: expect.stringContaining('DATABASE_URL') });
  });

  test('many problems › prints twenty, writes all to the report, exits 0', async () => {
    const file = join(folder, 'people.csv');
    const report = join(folder, 'report.txt');
    const broken = Array.from({ length: 25 }, (_, index) => `B-${index},\n`).join('');
    writeFileSync(file, `id,name\nC-1,Ann\n${broken}C-2,Bob\n`);
    const { code, stdout, stderr } = await finish(
      startCli(['import', file, '--report', report, '--country', 'vn'], url),
    );
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout.match(/^line \d+\trejected\tname: is empty$/gm)).toHaveLength(20);
    expect(stdout).toContain(`… and 5 more in ${report}`);
    expect(stdout).toContain('2 accepted, 0 updated, 25 rejected, 0 warnings (numbers read as in VN)');
    expect(readFileSync(report, 'utf8').split('\n').filter(Boolean)).toHaveLength(25);
  });

  test('file larger than the memory › is imported', { timeout: testTimeoutMs }, async () => {
    const interactions = Array.from({ length: 8 }, () => ({ at: '2026-01-01', summary: 'x'.repeat(1_000) }));
    const file = await writeCustomers('large.ndjson', 5_000, () => ({ name: 'Ann Lee', interactions }));
    const large = `sqlite:${join(folder, 'large.db')}`;
    const child = startCli(['import', file], large, ['--max-old-space-size=32']);
    const { code, stdout, stderr } = await finish(child);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('5000 accepted');
  });
});

describe.each(databasesUnderTest)('npm run customers on $name', ({ open }) => {
  const total = 3_000;
  let database: DatabaseUnderTest;
  let file: string;
  beforeAll(async () => {
    database = await open();
    file = await writeCustomers(`killed-${database.kind}.ndjson`, total, (index) => ({
      name: `Ann Lee N${index}`,
      phones: [`+1 415 555 ${String(index % 10_000).padStart(4, '0')}`],
      emails: [`ann.${index}@x.example`],
      cases: [{ number: `CS-${index}`, subject: 'Router' }],
    }));
  }, testTimeoutMs);
  afterAll(() => database.close());

  const countCustomers = async (since = 0): Promise<number> => {
    const { count } = await database.db
      .selectFrom('customers')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('updated_at', '>=', since)
      .executeTakeFirstOrThrow();
    return count;
  };

  /** Everyone in the file has five identifiers, for a case has three keys, and three words. */
  const expectWholeCustomers = async () => {
    for (const [table, rows] of [
      ['customer_identifiers', 5],
      ['customer_name_words', 3],
    ] as const) {
      const { count } = await database.db
        .selectFrom((whole) =>
          whole
            .selectFrom(table)
            .select('customer_id')
            .groupBy('customer_id')
            .having(({ fn, eb }) => eb(fn.countAll<number>(), '=', rows))
            .as('whole'),
        )
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow();
      expect(count).toBe(await countCustomers());
    }
  };

  /** Sends the signal once the run has committed `written` customers, at an arbitrary moment. */
  const interrupt = async (signal: NodeJS.Signals, written: number) => {
    const since = Date.now();
    const child = startCli(['import', file], database.url);
    const ending = finish(child);
    while (child.exitCode === null && (await countCustomers(since)) < written) await wait(5);
    await wait(Math.random() * 50);
    child.kill(signal);
    // Again and again until it speaks: npm passes on what the terminal has given already.
    const again = setInterval(() => child.kill(signal), 20);
    child.stdout?.once('data', () => clearInterval(again));
    return ending.finally(() => clearInterval(again));
  };

  test('import killed › leaves whole customers only, loses none, finishes when run again', {
    timeout: testTimeoutMs,
  }, async () => {
    let before = 0;
    for (const share of [0.2, 0.6, 0]) {
      await interrupt('SIGKILL', 1 + Math.floor((share + Math.random() * 0.2) * total));
      await expectWholeCustomers();
      const people = await countCustomers();
      expect(people).toBeGreaterThanOrEqual(before);
      before = people;
    }
    const { code, stdout } = await finish(startCli(['import', file], database.url));
    expect(code).toBe(0);
    expect(stdout).toContain(`${total - before} accepted, ${before} updated, 0 rejected, 0 warnings`);
    expect(await countCustomers()).toBe(total);
    await expectWholeCustomers();
  });

  test('import interrupted by Ctrl-C › stops after a whole batch, says so, exits 130', {
    timeout: testTimeoutMs,
  }, async () => {
    const { code, stdout } = await interrupt('SIGINT', 1);
    expect(stdout).toContain('Stopped before the end of the file');
    expect(code).toBe(130);
    await expectWholeCustomers();
  });
});
