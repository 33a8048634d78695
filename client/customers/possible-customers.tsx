import { type CSSProperties, type ReactNode, useCallback, useId } from 'react';
import type { CustomerCard, CustomerGroup } from '#contract/customers.ts';
import type { SourceStatus } from '#contract/sources.ts';
import { Button } from '../ui/button.tsx';
import { useNow } from '../ui/use-now.ts';
import { type ComparedRow, compareCandidates } from './compare-candidates.ts';
import { type Linking, MatchLine } from './match-line.tsx';
import { t } from './messages.ts';
import { SourceFailures, SourceStates } from './source-states.tsx';
import { useChoiceKeys } from './use-choice-keys.ts';

type PossibleCustomersProps = { group: CustomerGroup; sources: SourceStatus[]; linking: Linking; children: ReactNode };

/** An ambiguous match: the agent chooses. `children`: the search. */
export function PossibleCustomers({ group, sources, linking, children }: PossibleCustomersProps) {
  const { candidates, match } = group;
  const now = useNow(60_000);
  const rows = compareCandidates(candidates, now);
  const count = countOf(group);
  const { link, isDeciding } = linking;

  const choose = useCallback(
    (index: number) => {
      const chosen = candidates[index];
      if (chosen !== undefined && !isDeciding) link(chosen.id);
    },
    [candidates, link, isDeciding],
  );
  useChoiceKeys({ choose });

  return (
    <>
      <section className="customer-head" aria-label={t('region.customer')}>
        <h1 className="customer-name">{t('customer.possible', { count })}</h1>
        {match.kind === 'ambiguous' && <p className="quiet">{t(`candidates.explain.${match.rule}`, { count })}</p>}
        <SourceFailures sources={sources} />
      </section>
      <MatchLine group={group} sources={sources} linking={linking} />
      <section className="candidates-region" aria-label={t('region.candidates')}>
        <ol className="candidates" style={rowCount(rows.length)}>
          {candidates.map((candidate, index) => (
            <Candidate key={candidate.id} candidate={candidate} index={index} rows={rows} linking={linking} />
          ))}
        </ol>
        {count > candidates.length && (
          <p className="quiet">{t('candidates.some', { shown: candidates.length, count })}</p>
        )}
      </section>
      {children}
    </>
  );
}

/** The number of rows, for the grid of the style sheet. */
function rowCount(rows: number): CSSProperties {
  return { ['--rows' as string]: rows };
}

/** The number of customers with this identifier, including those not sent. */
export function countOf({ match, candidates }: CustomerGroup): number {
  return match.kind === 'ambiguous' ? Math.max(match.sharedBy, candidates.length) : candidates.length;
}

type CandidateProps = { candidate: CustomerCard; index: number; rows: ComparedRow[]; linking: Linking };

function Candidate({ candidate, index, rows, linking }: CandidateProps) {
  const nameId = useId();
  const key = index < 9 ? String(index + 1) : undefined;
  return (
    <li className="candidate" aria-labelledby={nameId}>
      <h2 className="candidate-name" id={nameId} title={candidate.name}>
        {candidate.name}
      </h2>
      <Button
        look="primary"
        isBusy={linking.isDeciding}
        onClick={() => linking.link(candidate.id)}
        aria-describedby={nameId}
        aria-keyshortcuts={key}
      >
        {t('match.link')}
        {key !== undefined && <KeyCap name={key} />}
      </Button>
      <dl className="candidate-rows">
        {rows.map(({ label, values, differs }) => (
          <div key={label} className={differs ? 'candidate-row candidate-row-differs' : 'candidate-row'}>
            <dt>
              {label}
              {differs && <span className="visually-hidden"> ({t('candidates.differs')})</span>}
            </dt>
            <dd>{values[index] ?? t('candidates.empty')}</dd>
          </div>
        ))}
      </dl>
      <div className="candidate-source">
        <SourceStates records={candidate.records} sources={[]} sameBy={candidate.mergedBy} />
      </div>
    </li>
  );
}

function KeyCap({ name }: { name: string }) {
  return (
    <span className="key" aria-hidden="true">
      {name}
    </span>
  );
}
