import { expect, test } from 'vitest';
import { readTestReport } from './read-test-report.ts';

const toAssertion = (fullName: string, status: string, failureMessages?: string[]) => ({
  fullName,
  status,
  failureMessages,
});

test('test report › failures › name and first line of the reason', () => {
  const report = {
    numTotalTests: 4,
    testResults: [
      {
        name: '/somewhere/server/connectors/core-bank/core-bank.test.ts',
        message: '',
        assertionResults: [
          toAssertion('finds who holds exactly this number', 'failed', [
            'AssertionError: expected [] to equal [ 1 ]\n    at x',
          ]),
          toAssertion('answers none for nobody', 'passed', []),
          toAssertion('logs once', 'failed'),
          toAssertion('is for another day', 'skipped'),
        ],
      },
      {
        name: '/somewhere/server/connectors/core-bank/other.test.ts',
        message: 'Cannot find fake.ts\nat',
        assertionResults: [],
      },
    ],
  };
  expect(readTestReport(report, '/somewhere')).toEqual({
    passed: 1,
    failed: [
      { sentence: 'finds who holds exactly this number', problem: 'AssertionError: expected [] to equal [ 1 ]' },
      { sentence: 'logs once', problem: 'no reason given' },
      { sentence: 'server/connectors/core-bank/other.test.ts can be run', problem: 'Cannot find fake.ts' },
    ],
  });
});

test('test report › no tests › none failed', () => {
  expect(readTestReport({ testResults: [] }, '/somewhere')).toEqual({ passed: 0, failed: [] });
});
