import * as z from 'zod';
import type { TestReport } from '../server/connectors/tools/read-test-report.ts';

const error = z.object({ message: z.string().optional() });

/** The fields used of Playwright's JSON report. */
const spec = z.object({
  title: z.string(),
  tests: z.array(z.object({ status: z.string(), results: z.array(z.object({ error: error.optional() })) })),
});
const suite = z.object({
  specs: z.array(spec),
  get suites() {
    return z.array(suite).optional();
  },
});
const report = z.object({ suites: z.array(suite), errors: z.array(error) });

/** A flaky test counts as failed, and so does an error outside every test. */
export function readPlaywrightReport(json: unknown): TestReport {
  const { suites, errors } = report.parse(json);
  const tests = suites
    .flatMap(listSpecs)
    .flatMap(({ title, tests }) => tests.map(({ status, results }) => ({ title, status, results })));
  const failed = tests.filter(({ status }) => status === 'unexpected' || status === 'flaky');
  return {
    passed: tests.filter(({ status }) => status === 'expected').length,
    failed: [
      ...failed.map(({ title, results }) => ({
        sentence: title,
        problem: readProblem(results.find(({ error }) => error)?.error),
      })),
      ...errors.map((each) => ({ sentence: 'the browser tests can be run', problem: readProblem(each) })),
    ],
  };
}

function listSpecs({ specs, suites = [] }: z.infer<typeof suite>): z.infer<typeof spec>[] {
  return [...specs, ...suites.flatMap(listSpecs)];
}

function readProblem(failure: z.infer<typeof error> | undefined): string {
  // The message is colored for a terminal.
  const text = failure?.message?.replaceAll(/\p{Cc}\[[\d;]*m/gu, '');
  return text?.split('\n', 1)[0] || 'no reason given';
}
