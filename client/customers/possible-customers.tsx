import { type ReactNode, useCallback, useId, useState } from 'react';
import type { CustomerCard, CustomerGroup } from '#contract/customers.ts';
import type { EngagementFacts } from '#contract/engagements.ts';
import type { SourceStatus } from '#contract/sources.ts';
import { formatDay } from '../i18n/format.ts';
import { Button } from '../ui/button.tsx';
import { Chip } from '../ui/chip.tsx';
import { Icon } from '../ui/icon.tsx';
import { loadOnUse } from '../ui/load-on-use.tsx';
import { useNow } from '../ui/use-now.ts';
import { compareCandidates } from './compare-candidates.ts';
import { askForCustomer } from './describe-customer.ts';
import { decidingEvidence } from './format-match.ts';
import { t } from './messages.ts';
import { SourceBadge } from './source-badge.tsx';
import { type Linking, TrustLine } from './trust-line.tsx';
import { useChoiceKeys } from './use-choice-keys.ts';

const ComparisonTable = loadOnUse(async () => (await import('./comparison-table.tsx')).ComparisonTable);

type PossibleCustomersProps = {
  group: CustomerGroup;
  facts: EngagementFacts;
  sources: SourceStatus[];
  linking: Linking;
  /** The search. */
  children: ReactNode;
};

/** An ambiguous match: the agent chooses, by what they can ask the caller for. */
export function PossibleCustomers({ group, facts, sources, linking, children }: PossibleCustomersProps) {
  const [comparesAll, setComparesAll] = useState(false);
  const { candidates, match } = group;
  const now = useNow(60_000);
  const count = countCandidates(group);
  const { link, isDeciding } = linking;
  const same = compareCandidates(candidates, now).filter(({ differs }) => !differs);

  const choose = useCallback(
    (index: number) => {
      const chosen = candidates[index];
      if (chosen !== undefined && !isDeciding) link(chosen.id);
    },
    [candidates, link, isDeciding],
  );
  useChoiceKeys({ choose });

  const value = decidingEvidence(match)?.raw ?? '';
  return (
    <>
      <section className="customer-head" aria-label={t('region.customer')}>
        <h1 className="customer-name" tabIndex={-1}>
          {askForCustomer(facts)}
        </h1>
        {match.kind === 'ambiguous' && (
          <p className="quiet">{t(`candidates.explain.${match.rule}`, { count, value })}</p>
        )}
        <TrustLine group={group} sources={sources} linking={linking} />
      </section>
      <section className="candidates-region" aria-label={t('region.candidates')}>
        <ol className="candidates">
          {candidates.map((candidate, index) => (
            <Candidate key={candidate.id} candidate={candidate} index={index} now={now} linking={linking} />
          ))}
        </ol>
        {count > candidates.length && (
          <p className="quiet">{t('candidates.some', { shown: candidates.length, count })}</p>
        )}
        <p className="quiet">
          {same.length > 0 && t('candidates.same', { values: same.map(({ values }) => values[0]).join(' · ') })}{' '}
          <Button look="quiet" aria-expanded={comparesAll} onClick={() => setComparesAll(!comparesAll)}>
            {t('candidates.compare')}
            <Icon name={comparesAll ? 'down' : 'right'} size={12} />
          </Button>
        </p>
        {comparesAll && <ComparisonTable candidates={candidates} />}
      </section>
      {children}
    </>
  );
}

/** The number of customers with this identifier, including those not sent. */
function countCandidates({ match, candidates }: CustomerGroup): number {
  return match.kind === 'ambiguous' ? Math.max(match.sharedBy, candidates.length) : candidates.length;
}

type CandidateProps = { candidate: CustomerCard; index: number; now: number; linking: Linking };

/** Name, company and account, the most urgent open case, the last contact: what the caller can be asked about. */
function Candidate({ candidate, index, now, linking }: CandidateProps) {
  const nameId = useId();
  const key = index < 9 ? String(index + 1) : undefined;
  const { name, tier, company, accountNumber, cases, interactions, records } = candidate;
  const about = [company, accountNumber && t('candidates.accountNumber', { number: accountNumber })].filter(Boolean);
  const open = cases.find(({ isOpen }) => isOpen);
  const last = interactions.find(({ summary }) => summary) ?? interactions[0];
  return (
    <li className="candidate" aria-labelledby={nameId}>
      <div className="candidate-head">
        <h2 className="candidate-name" id={nameId}>
          {name}
        </h2>
        {tier !== undefined && <Chip>{tier}</Chip>}
        <Button
          look="primary"
          isBusy={linking.isDeciding}
          onClick={() => linking.link(candidate.id)}
          aria-describedby={nameId}
          aria-keyshortcuts={key}
        >
          {t('match.link')}
          {key !== undefined && (
            <span className="key" aria-hidden="true">
              {key}
            </span>
          )}
        </Button>
      </div>
      {about.length > 0 && <p className="quiet">{about.join(' · ')}</p>}
      {open === undefined ? (
        <p className="quiet">{t('card.noCases')}</p>
      ) : (
        <p className={open.isUrgent ? 'candidate-case case-urgent' : 'candidate-case'}>
          <Icon name={open.isUrgent ? 'urgent' : 'open'} size={12} /> {open.subject}{' '}
          <SourceBadge records={records} source={open.source} />
        </p>
      )}
      {last !== undefined && (
        <p className="quiet">
          {[`${t('contact.last')}: ${formatDay(last.at, now)}`, last.summary].filter(Boolean).join(' · ')}
        </p>
      )}
    </li>
  );
}
