import type { Match } from '#contract/customers.ts';
import type { EngagementFacts } from '#contract/engagements.ts';
import type { CustomerSource } from './customer-source.ts';
import { type EngagementIdentifier, listIdentifiers } from './engagement-identifiers.ts';
import { createTextMask } from './masking.ts';
import { decideMatch } from './match.ts';
import { withDeadline } from './with-deadline.ts';

export type LookUp = (facts: EngagementFacts) => Promise<Match>;

/** So many customers of one identifier are named; the rest is only counted. */
const mostHits = 10;

/** Files hold e-mails where names should be. Of the customer's numbers the card is asked, not the evidence. */
const maskName = createTextMask({ phones: [] });

export type LookUpParts = {
  source: CustomerSource;
  /** Hears why the source gave no answer; the one who asked is only told that it did not. */
  reportFailure: (error: unknown) => void;
  deadlineMs?: number;
};

/** Asks the source for every identifier at once. A source that fails or is late is an outcome here, not an error. */
export function createLookup({ source, reportFailure, deadlineMs = 2_000 }: LookUpParts): LookUp {
  async function ask({ kind, normalised }: EngagementIdentifier) {
    if (normalised === null) return { hits: [], sharedBy: 0 };
    const { hits, sharedBy } = await source.findByIdentifier(kind, normalised, mostHits);
    return { hits: hits.map((hit) => ({ ...hit, customerName: maskName(hit.customerName) })), sharedBy };
  }

  return async (facts) => {
    // Known before anybody answers, so that the panel can say what was tried.
    let identifiers: EngagementIdentifier[] | undefined;
    const match = async () => {
      const listed = listIdentifiers(facts, await source.defaultCountry());
      identifiers = listed;
      return decideMatch(await Promise.all(listed.map(async (item) => ({ ...item, ...(await ask(item)) }))));
    };
    try {
      return await withDeadline(match(), deadlineMs);
    } catch (error) {
      reportFailure(error);
      const evidence = (identifiers ?? listIdentifiers(facts)).map((item) => ({ ...item, hits: [], sharedBy: 0 }));
      return { kind: 'unavailable', source: source.label, evidence };
    }
  };
}
