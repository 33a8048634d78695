import type { ConnectorCustomer } from './connector.ts';
import { isFailure, type Outcome } from './outcome.ts';

type CardPart = Required<ConnectorCustomer>['missing'][number]['part'];

/** Names each part whose read failed: it renders as missing, where an empty list would claim that there is nothing. */
export function missingParts(
  parts: Partial<Record<CardPart, Outcome<unknown> | undefined>>,
): Pick<ConnectorCustomer, 'missing'> {
  const missing = Object.entries(parts).flatMap(([part, outcome]) =>
    outcome && isFailure(outcome) ? [{ part: part as CardPart, failure: outcome }] : [],
  );
  return missing.length > 0 ? { missing } : {};
}
