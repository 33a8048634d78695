import { type ReactNode, useId, useState } from 'react';
import type { CustomerGroup } from '#contract/customers.ts';
import type { SourceStatus } from '#contract/sources.ts';
import { Button } from '../ui/button.tsx';
import { Icon, type IconName } from '../ui/icon.tsx';
import { loadOnUse } from '../ui/load-on-use.tsx';
import { Disagreement } from './conflicting-evidence.tsx';
import { formatRule, isSelfDeclared } from './format-match.ts';
import { t } from './messages.ts';

const MatchEvidence = loadOnUse(async () => (await import('./match-evidence.tsx')).MatchEvidence);

/** The agent's decisions about the customer of one engagement. */
export type Linking = {
  link: (customerId: string) => void;
  unlink: () => void;
  undo: () => void;
  /** Opens the search for another customer; the present one stays until the agent chooses. */
  replace: () => void;
  /** A decision is being saved. */
  isDeciding: boolean;
  hasFailed: boolean;
};

type TrustLineProps = { group: CustomerGroup; sources: SourceStatus[]; linking: Linking; children?: ReactNode };

/** Whether to believe it, in one line; `Why?` opens the evidence. `children`: the verification. */
export function TrustLine({ group, sources, linking, children }: TrustLineProps) {
  const [isOpen, setIsOpen] = useState(false);
  const evidenceId = useId();
  const { match, link, card } = group;
  return (
    <>
      <div className="trust-line">
        <MatchSummary group={group} />
        <Button
          look="quiet"
          aria-expanded={isOpen}
          aria-controls={isOpen ? evidenceId : undefined}
          onClick={() => setIsOpen(!isOpen)}
        >
          {t('match.why')}
        </Button>
        {link.canUndo && (
          <Button look="quiet" isBusy={linking.isDeciding} onClick={linking.undo} aria-keyshortcuts="u">
            {t('match.undo')}
          </Button>
        )}
        {card !== null && (
          <Button
            look="icon"
            aria-label={t('match.replace')}
            title={t('match.replace')}
            isBusy={linking.isDeciding}
            onClick={linking.replace}
          >
            <Icon name="not-person" size={14} />
          </Button>
        )}
        {children}
      </div>
      {linking.hasFailed && (
        <p className="failure" role="alert">
          <Icon name="alert" size={14} />
          {t('state.decide.failed')}
        </p>
      )}
      {!isOpen &&
        link.decidedBy === 'match' &&
        match.evidence
          .filter((one) => one.disagrees === true)
          .map((one) => <Disagreement key={`${one.kind} ${one.raw}`} evidence={one} />)}
      {isOpen && (
        <div id={evidenceId}>
          <MatchEvidence group={group} sources={sources} />
        </div>
      )}
    </>
  );
}

function MatchSummary({ group }: { group: CustomerGroup }) {
  const { icon, words, look } = summaryOf(group);
  return (
    <span className={`match-summary match-summary-${look}`}>
      <Icon name={icon} size={14} />
      {words}
    </span>
  );
}

function summaryOf(group: CustomerGroup): { icon: IconName; words: string; look: 'good' | 'caution' | 'quiet' } {
  const { match, link, card } = group;
  if (card !== null) {
    const isClaim = link.decidedBy === 'match' && isSelfDeclared(match);
    return { icon: isClaim ? 'info' : 'check', words: formatRule(group), look: isClaim ? 'caution' : 'good' };
  }
  if (link.decidedBy === 'agent') return { icon: 'info', words: t('match.unlinked'), look: 'quiet' };
  if (match.kind === 'ambiguous') return { icon: 'people', words: t('match.notLinked'), look: 'caution' };
  return { icon: 'info', words: t('match.noMatch'), look: 'quiet' };
}
