/**
 * One line of the golden table: what an engagement came with, who stands in a source, and what the look-up has to say of
 * it, with the evidence an agent is shown. Every line is run against every source, so none may meet another's people:
 * each has numbers and addresses of its own.
 */

export type GoldenSource = 'directory' | 'salesforce' | 'zendesk' | 'servicenow' | 'hubspot' | 'dynamics';

/** The stored forms of one person, in the order of the source's fields. Of a case: its subject. */
export type Standing = string | string[] | { company: string; holds: string[] };

/**
 * `met`: the stored form of each person who is met, in the order of the persons. `assumedCountry`: it names no country and
 * was read as one of the caller's own.
 */
export type Expected = { verdict: 'matched' | 'ambiguous' | 'none'; met: string[]; assumedCountry?: string };

/** Where a source cannot answer as the others do: what it answers, and which fact of the vendor's makes it so. */
export type Differences = { [source in GoldenSource]?: [expected: Expected, because: string] };

/**
 * `country`: in which the source reads national numbers; empty where none is configured. `understood`: the one form that
 * is looked up, or why nothing is. Numbers of cases are the source's to give: `{number}` stands for what it gave,
 * `{lower}`, `{wide}` and `{digits}` for the same in lower case, in full-width characters, and as a keypad has it.
 */
export type GoldenLine = [
  kind: 'phone' | 'email' | 'case' | 'account',
  came: string,
  country: string,
  understood: string,
  stands: Standing[],
  expected: Expected,
  says: string,
  but?: Differences,
];

export const none: Expected = { verdict: 'none', met: [] };

export function matched(stored: string): Expected {
  return { verdict: 'matched', met: [stored] };
}

export function assumed(assumedCountry: string, stored: string): Expected {
  return { ...matched(stored), assumedCountry };
}

export function ambiguous(...stored: string[]): Expected {
  return { verdict: 'ambiguous', met: stored };
}
