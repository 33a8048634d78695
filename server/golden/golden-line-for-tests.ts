import type { HitRule } from '#contract/customers.ts';

/**
 * A line of the golden table: the identifier of an engagement, the customers stored in a source, and the expected match
 * with its evidence. Every line runs against every source with all lines' customers, so each has its own numbers and
 * addresses.
 */

export type GoldenSource = 'directory' | 'salesforce' | 'zendesk' | 'servicenow' | 'hubspot' | 'dynamics';

/** The stored values of one customer, in the order of the source's fields. Of a case: its subject. */
export type Standing = string | string[] | { company: string; holds: string[] };

/**
 * `hitValues`: the stored value of each hit, in the order of the customers. `assumedCountry`: the number has no country
 * code and was read as a number of the caller's country. `rule`: why the stored form is the same; a list has one for
 * each hit.
 */
type Expected = {
  verdict: 'matched' | 'ambiguous' | 'none';
  hitValues: string[];
  assumedCountry?: string;
  rule?: HitRule | (HitRule | undefined)[];
};

/** Sources that cannot answer like the others: the expected match, and the vendor's limitation. */
type Differences = { [source in GoldenSource]?: [expected: Expected, because: string] };

/**
 * `country`: the source's country for national numbers, or empty. `understood`: the form that is looked up, or why none
 * is. The source assigns case numbers: `{number}` stands for the assigned one, `{lower}`, `{wide}` and `{digits}` for
 * it in lower case, in full-width characters and as keyed in.
 */
export type GoldenLine = [
  kind: 'phone' | 'email' | 'case' | 'account',
  raw: string,
  country: string,
  understood: string,
  stored: Standing[],
  expected: Expected,
  title: string,
  differences?: Differences,
];

export const none: Expected = { verdict: 'none', hitValues: [] };

export function matched(stored: string): Expected {
  return { verdict: 'matched', hitValues: [stored] };
}

export function assumed(assumedCountry: string, stored: string): Expected {
  return { ...matched(stored), assumedCountry };
}

export function matchedBy(rule: HitRule, stored: string): Expected {
  return { ...matched(stored), rule };
}

export function ambiguous(...stored: string[]): Expected {
  return { verdict: 'ambiguous', hitValues: stored };
}
