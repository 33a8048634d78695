import type { ReactNode } from 'react';
import type { CardRecord } from '#contract/customers.ts';
import { t } from './messages.ts';

type MissingPartProps = { part: 'cases' | 'interactions'; records: CardRecord[]; children: ReactNode };

/**
 * Names the sources that did not deliver this part; an empty list would claim that there is nothing. While a source is
 * pending, renders nothing. `children` are for the case that every source has answered.
 */
export function MissingPart({ part, records, children }: MissingPartProps) {
  const missingParts = records.flatMap(({ id, source, missing }) => {
    const one = missing.find((missingPart) => missingPart.part === part);
    return one ? [{ id, source, state: one.state }] : [];
  });
  if (missingParts.length === 0) return children;
  return missingParts.map(
    ({ id, source, state }) =>
      state !== 'pending' && (
        <p className="quiet" key={id}>
          {t(`missing.${part}`, { source: source.label })}
        </p>
      ),
  );
}
