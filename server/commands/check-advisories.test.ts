import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';

/** Runs the check with an `npm` that prints this and ends with 1, as `npm audit` does on any finding or failure. */
function check(answer: string) {
  const folder = mkdtempSync(join(tmpdir(), 'deskside-npm-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'answer'), answer);
  writeFileSync(join(folder, 'npm'), `#!/bin/sh\ncat "${folder}/answer"\nexit 1\n`);
  chmodSync(join(folder, 'npm'), 0o755);
  const env = { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}` };
  const script = join(import.meta.dirname, 'check-advisories.js');
  const { status, stdout } = spawnSync(process.execPath, [script], { env, encoding: 'utf8' });
  return { code: status, stdout };
}

const report = (counts: object, vulnerabilities: object = {}) =>
  JSON.stringify({ vulnerabilities, metadata: { vulnerabilities: counts } });

describe('check of advisories', () => {
  it('the registry refuses, or answers something else › is unknown, not clean', () => {
    const refusal = JSON.stringify({ message: '405 Method Not Allowed', method: 'POST' });
    expect(check(refusal)).toMatchObject({ code: 2, stdout: expect.stringMatching(/^UNKNOWN: .*405/) });
    for (const answer of ['', 'null', '<html>', '{}']) expect(check(answer).code).toBe(2);
  });

  it('a high one › is named and fails', () => {
    const answer = report({ high: 1, low: 2 }, { leftpad: { name: 'leftpad', severity: 'high', range: '<2' } });
    expect(check(answer)).toEqual({
      code: 1,
      stdout: 'high: leftpad <2\nKnown weaknesses of the packages: 0 critical, 1 high, 0 moderate, 2 low, 0 info.\n',
    });
  });

  it('none, or only lower ones › passes', () => {
    expect(check(report({})).code).toBe(0);
    expect(check(report({ moderate: 3 }, { a: { name: 'a', severity: 'moderate', range: '*' } })).code).toBe(0);
  });
});
