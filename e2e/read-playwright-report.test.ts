import { describe, expect, it } from 'vitest';
import { readPlaywrightReport } from './read-playwright-report.ts';

const spec = (title: string, status: string, message?: string) => ({
  title,
  tests: [{ status, results: [message === undefined ? {} : { error: { message } }] }],
});

describe('Playwright report', () => {
  it('nested suites › counts what passed and names what failed', () => {
    const specs = [spec('a › b › holds', 'expected'), spec('a › c › is skipped', 'skipped')];
    const inner = { specs: [spec('a › d › fails', 'unexpected', '\u001B[31mError: no card\u001B[0m\n  at x')] };
    expect(readPlaywrightReport({ suites: [{ specs, suites: [inner] }], errors: [] })).toEqual({
      passed: 1,
      failed: [{ sentence: 'a › d › fails', problem: 'Error: no card' }],
    });
  });

  it('a flaky test and an error outside every test › have failed', () => {
    const suites = [{ specs: [spec('a › e › is flaky', 'flaky')] }];
    expect(readPlaywrightReport({ suites, errors: [{ message: 'no browser' }] })).toEqual({
      passed: 0,
      failed: [
        { sentence: 'a › e › is flaky', problem: 'no reason given' },
        { sentence: 'the browser tests can be run', problem: 'no browser' },
      ],
    });
  });
});
