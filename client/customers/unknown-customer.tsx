import type { ReactNode } from 'react';
import type { CustomerGroup, Match } from '#contract/customers.ts';
import type { SourceStatus } from '#contract/sources.ts';
import { Notice } from '../ui/notice.tsx';
import { answeredNames, explainMiss, failedNames } from './format-match.ts';
import { type Linking, MatchLine } from './match-line.tsx';
import { t } from './messages.ts';
import { SourceFailures } from './source-states.tsx';

type UnknownCustomerProps = {
  group: CustomerGroup;
  sources: SourceStatus[];
  linking: Linking;
  /** The search form. */
  children: ReactNode;
};

/** No match, no look-up possible, or the agent unlinked the customer. */
export function UnknownCustomer({ group, sources, linking, children }: UnknownCustomerProps) {
  const { match, link } = group;
  return (
    <>
      <section className="customer-head" aria-label={t('region.customer')}>
        <h1 className="customer-name">{t('customer.unknown')}</h1>
        {match.kind === 'none' && link.decidedBy === 'match' && <Misses match={match} sources={sources} />}
      </section>
      {match.kind === 'unavailable' ? (
        <Notice kind="error">
          <p role="alert">{t('unavailable.text', { source: failedNames(sources) })}</p>
          <SourceFailures sources={sources} />
        </Notice>
      ) : (
        <SourceFailures sources={sources} />
      )}
      <MatchLine group={group} sources={sources} linking={linking} />
      {children}
    </>
  );
}

function Misses({ match, sources }: { match: Match; sources: SourceStatus[] }) {
  if (match.evidence.length === 0) return <p className="quiet">{t('why.nothing')}</p>;
  return (
    <ul className="misses">
      {match.evidence.map((one) => (
        <li key={`${one.kind} ${one.origin} ${one.raw}`} className="quiet">
          {explainMiss(one, answeredNames(sources))}
        </li>
      ))}
    </ul>
  );
}
