import type { ReactNode } from 'react';
import type { CustomerGroup, Match } from '#contract/customers.ts';
import type { EngagementFacts } from '#contract/engagements.ts';
import type { SourceStatus } from '#contract/sources.ts';
import { Chip } from '../ui/chip.tsx';
import { Notice } from '../ui/notice.tsx';
import { nameCaller } from './describe-customer.ts';
import { explainMiss, failedNames } from './format-match.ts';
import { t } from './messages.ts';
import { type Linking, TrustLine } from './trust-line.tsx';

type UnknownCustomerProps = {
  group: CustomerGroup;
  facts: EngagementFacts;
  sources: SourceStatus[];
  linking: Linking;
  /** The search form. */
  children: ReactNode;
};

/** No match, no look-up possible, or the agent removed the link. */
export function UnknownCustomer({ group, facts, sources, linking, children }: UnknownCustomerProps) {
  const { match, link } = group;
  const isNobody = match.kind === 'none' && link.decidedBy === 'match';
  return (
    <>
      <section className="customer-head" aria-label={t('region.customer')}>
        <div className="customer-title">
          <h1 className="customer-name" tabIndex={-1}>
            {nameCaller(group, facts)}
          </h1>
          {isNobody && <Chip look="neutral">{t('customer.notInRecords')}</Chip>}
        </div>
        {isNobody && <Misses match={match} sources={sources} />}
        <TrustLine group={group} sources={sources} linking={linking} />
      </section>
      {match.kind === 'unavailable' && (
        <Notice kind="error">
          <p role="alert">{t('unavailable.text', { source: failedNames(sources) })}</p>
        </Notice>
      )}
      {children}
    </>
  );
}

function Misses({ match, sources }: { match: Match; sources: SourceStatus[] }) {
  const lookedUp = match.evidence.filter(({ notLookedUp }) => notLookedUp === undefined);
  if (match.evidence.length === 0) return <p className="quiet">{t('why.nothing')}</p>;
  if (lookedUp.length > 0) return <p className="quiet">{t('none.anywhere', { count: sources.length })}</p>;
  return match.evidence.map((one) => (
    <p key={`${one.kind} ${one.origin} ${one.raw}`} className="quiet">
      {explainMiss(one)}
    </p>
  ));
}
