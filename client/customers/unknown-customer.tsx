import type { ReactNode } from 'react';
import type { EngagementView } from '#contract/customers.ts';
import { t } from '../i18n/translate.ts';
import { Notice } from '../ui/notice.tsx';
import { type Linking, MatchLine } from './match-line.tsx';
import { answeredNames, missWords, troubledNames } from './match-messages.ts';
import { SourceTroubles } from './source-states.tsx';

type UnknownCustomerProps = {
  view: EngagementView;
  linking: Linking;
  /** The search. */
  children: ReactNode;
};

/** Nobody fits, or nobody could be looked up, or the agent unlinked. */
export function UnknownCustomer({ view, linking, children }: UnknownCustomerProps) {
  const { match, link } = view;
  return (
    <>
      <section className="face" aria-label={t('region.customer')}>
        <h1 className="face-name">{t('face.unknown')}</h1>
        {match.kind === 'none' && link.decidedBy === 'match' && <Misses view={view} />}
      </section>
      {match.kind === 'unavailable' ? (
        <Notice kind="error">
          <p role="alert">{t('unavailable.text', { source: troubledNames(view) })}</p>
          <SourceTroubles sources={view.sources} />
        </Notice>
      ) : (
        <SourceTroubles sources={view.sources} />
      )}
      <MatchLine view={view} linking={linking} />
      {children}
    </>
  );
}

function Misses({ view }: { view: EngagementView }) {
  const { match } = view;
  if (match.evidence.length === 0) return <p className="quiet">{t('why.nothing')}</p>;
  return (
    <ul className="misses">
      {match.evidence.map((one) => (
        <li key={`${one.kind} ${one.origin} ${one.raw}`} className="quiet">
          {missWords(one, answeredNames(view))}
        </li>
      ))}
    </ul>
  );
}
