import { withDeadline } from '../platform/timing/deadline.ts';
import type { CustomerSource } from './customer-source.ts';
import { createTextMask } from './masking.ts';

const deadlineMs = 1_000;

/**
 * The countries in which the sources read national numbers, to mask such numbers in texts. The same list while they
 * stay the same, so that texts can be cached by identity.
 */
export function createSourceCountries({
  sources,
  reportFailure,
}: {
  sources: readonly Pick<CustomerSource, 'defaultCountry'>[];
  reportFailure(error: unknown): void;
}) {
  let countries: readonly string[] = [];
  return {
    /** Those of the last read. */
    current: (): readonly string[] => countries,

    /** Each text has its own limit of numbers that are parsed. */
    maskText: (text: string): string => createTextMask({ phones: [], countries })(text),

    async read(): Promise<readonly string[]> {
      const found = await Promise.all(
        sources.map((source) =>
          withDeadline(
            deadlineMs,
            () => source.defaultCountry().catch(reportFailure),
            () => undefined,
          ),
        ),
      );
      const distinct = [...new Set(found.filter((country) => typeof country === 'string'))];
      if (distinct.join() !== countries.join()) countries = distinct;
      return countries;
    },
  };
}
