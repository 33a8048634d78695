import { useId } from 'react';
import type { EngagementView, Evidence, Source } from '#contract/customers.ts';
import { formatAge } from '../i18n/format.ts';
import { t } from '../i18n/translate.ts';
import { Chip } from '../ui/chip.tsx';
import { Icon } from '../ui/icon.tsx';
import { Region } from '../ui/region.tsx';
import { useNow } from '../ui/use-now.ts';
import { decidingEvidence, holderWords, identifierWords, ruleSentence } from './match-words.ts';

/** Why this match: every identifier of the engagement, and what became of it. */
export function MatchEvidence({ view, id }: { view: EngagementView; id: string }) {
  const { match, customer, candidates } = view;
  const deciding = view.link.decidedBy === 'match' ? decidingEvidence(match) : undefined;
  const source = (customer ?? candidates[0])?.source;
  return (
    <Region title={t('region.why')} id={id}>
      <p>{ruleSentence(view)}</p>
      {match.evidence.length === 0 && <p className="quiet">{t('why.nothing')}</p>}
      <ul className="evidence-list">
        {match.evidence.map((one) => (
          <li key={`${one.kind} ${one.origin} ${one.variable ?? ''} ${one.raw}`}>
            <EvidenceItem evidence={one} isDeciding={one === deciding} source={source} />
          </li>
        ))}
      </ul>
      <p className="quiet">{t(`why.lookup.${view.lookup}`)}</p>
    </Region>
  );
}

type EvidenceItemProps = { evidence: Evidence; isDeciding: boolean; source: Source | undefined };

function EvidenceItem({ evidence, isDeciding, source }: EvidenceItemProps) {
  const titleId = useId();
  const { raw, normalised, notLookedUp, hits, sharedBy } = evidence;
  const stored = [...new Set(hits.map((hit) => hit.stored))];
  return (
    <article className="evidence" aria-labelledby={titleId}>
      <h3 className="evidence-title">
        <span id={titleId}>{identifierWords(evidence)}</span>
        {isDeciding && <Chip>{t('why.decided')}</Chip>}
        {evidence.origin === 'self-declared' && <Chip look="caution">{t('why.notProven')}</Chip>}
      </h3>
      <dl className="pairs">
        <Pair name={t('why.raw')} value={raw} isCode />
        {normalised !== null && <Pair name={t('why.normalised')} value={normalised} isCode />}
        {stored.length > 0 && <Pair name={t('why.stored')} value={stored.join(' · ')} isCode />}
        {sharedBy > 0 && (
          <Pair
            name={t('why.shared')}
            value={`${t('why.sharedBy', { count: sharedBy, value: normalised ?? raw })}: ${holderWords(evidence)}`}
          />
        )}
        {source !== undefined && notLookedUp === undefined && <SourcePair source={source} />}
      </dl>
      {notLookedUp !== undefined && <p className="quiet">{t(`why.${notLookedUp}`)}</p>}
      {notLookedUp === undefined && sharedBy === 0 && (
        <p className="quiet">{t('why.nobody', { source: source?.label ?? t('source.default') })}</p>
      )}
      {evidence.disagrees === true && <Disagreement evidence={evidence} />}
    </article>
  );
}

export function Disagreement({ evidence }: { evidence: Evidence }) {
  const words = { identifier: identifierWords(evidence), names: holderWords(evidence) };
  return (
    <p className="caution">
      <Icon name="caution" size={14} />
      {t('match.disagrees', words)}
    </p>
  );
}

function SourcePair({ source }: { source: Source }) {
  const now = useNow(5_000);
  const age = formatAge(source.fetchedAt, now);
  return <Pair name={t('why.source')} value={t('why.ageAgo', { source: source.label, age })} />;
}

function Pair({ name, value, isCode = false }: { name: string; value: string; isCode?: boolean }) {
  return (
    <>
      <dt>{name}</dt>
      <dd className={isCode ? 'code' : undefined}>{value}</dd>
    </>
  );
}
