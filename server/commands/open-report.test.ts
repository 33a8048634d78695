import { chmodSync, closeSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openReport } from './open-report.ts';

const folder = mkdtempSync(join(tmpdir(), 'deskside-report-'));
afterAll(() => rmSync(folder, { recursive: true }));

const line = 'line 2\trejected\tname: is missing\n';

function write(path: string): void {
  const file = openReport(path);
  writeSync(file, line);
  closeSync(file);
}

describe('report of an import', () => {
  it('a new file › is readable by its user alone', () => {
    const path = join(folder, 'new.txt');
    write(path);
    expect([statSync(path).mode & 0o777, readFileSync(path, 'utf8')]).toEqual([0o600, line]);
  });

  it('an earlier, longer report that everyone may read › is replaced, readable by its user alone', () => {
    const path = join(folder, 'earlier.txt');
    writeFileSync(path, `line 17\twarning\tphone 1 cannot be read\n${line}`);
    chmodSync(path, 0o644);
    write(path);
    expect([statSync(path).mode & 0o777, readFileSync(path, 'utf8')]).toEqual([0o600, line]);
  });

  it.each(['id,name\n1,Ann\n', 'line 1,2\n'])('a file of %j › is refused and stays', (text) => {
    const path = join(folder, 'customers.csv');
    writeFileSync(path, text);
    expect(() => openReport(path)).toThrow('customers.csv exists and is no report');
    expect(readFileSync(path, 'utf8')).toBe(text);
  });
});
