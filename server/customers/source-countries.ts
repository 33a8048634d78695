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
  sources: readonly Pick<CustomerSource, 'id' | 'defaultCountry'>[];
  reportFailure(error: unknown): void;
}) {
  let countries: readonly string[] = [];
  /** By source. One that does not answer keeps its country: without it national numbers would be shown. */
  const known = new Map<string, string>();
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
      for (const [index, { id }] of sources.entries()) {
        const country = found[index];
        if (typeof country === 'string') known.set(id, country);
      }
      const distinct = [...new Set(sources.flatMap(({ id }) => known.get(id) ?? []))];
      if (distinct.join() !== countries.join()) countries = distinct;
      return countries;
    },
  };
}
