import { isAbsolute, relative } from 'node:path';
import * as z from 'zod';

/** The fields used of Vitest's JSON report. */
const report = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      message: z.string().nullish(),
      assertionResults: z.array(
        z.object({ fullName: z.string(), status: z.string(), failureMessages: z.array(z.string()).nullish() }),
      ),
    }),
  ),
});

/** Sentences that hold, and those that do not, each with the first line of why. */
export type TestReport = { passed: number; failed: { sentence: string; problem: string }[] };

export function readTestReport(json: unknown, root: string): TestReport {
  const { testResults } = report.parse(json);
  const sentences = testResults.flatMap(({ assertionResults }) => assertionResults);
  const failed = sentences
    .filter(({ status }) => status === 'failed')
    .map(({ fullName, failureMessages }) => ({ sentence: fullName, problem: firstLine(failureMessages?.[0]) }));
  // A file that cannot be loaded has no sentences at all.
  const unread = testResults
    .filter(({ assertionResults, message }) => assertionResults.length === 0 && message)
    .map(({ name, message }) => ({
      sentence: `${isAbsolute(name) ? relative(root, name) : name} can be run`,
      problem: firstLine(message),
    }));
  return { passed: sentences.filter(({ status }) => status === 'passed').length, failed: [...failed, ...unread] };
}

function firstLine(text: string | null | undefined): string {
  return text?.split('\n', 1)[0] || 'no reason given';
}
