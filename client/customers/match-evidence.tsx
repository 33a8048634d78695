import './messages-on-use.ts';
import { useId } from 'react';
import type { CustomerGroup, Evidence } from '#contract/customers.ts';
import type { SourceStatus } from '#contract/sources.ts';
import { countryName, formatAge } from '../i18n/format.ts';
import { Chip } from '../ui/chip.tsx';
import { Region } from '../ui/region.tsx';
import { useNow } from '../ui/use-now.ts';
import { Disagreement } from './conflicting-evidence.tsx';
import { decidingEvidence, explainRule, formatIdentifier, nameHits } from './format-match.ts';
import { t } from './messages.ts';

/** Every identifier of the engagement with its result. */
export function MatchEvidence({ group, sources }: { group: CustomerGroup; sources: SourceStatus[] }) {
  const { match } = group;
  const deciding = group.link.decidedBy === 'match' ? decidingEvidence(match) : undefined;
  return (
    <Region title={t('region.why')}>
      <p>{explainRule(group, sources)}</p>
      {match.evidence.length === 0 && <p className="quiet">{t('why.nothing')}</p>}
      <ul className="evidence-list">
        {match.evidence.map((one) => (
          <li key={`${one.kind} ${one.origin} ${one.variable ?? ''} ${one.raw}`}>
            <EvidenceItem evidence={one} isDeciding={one === deciding} sources={sources} />
          </li>
        ))}
      </ul>
      <QueriedSources sources={sources} />
      <p className="quiet">{t(`why.lookup.${group.isPrefetched ? 'prefetched' : 'requested'}`)}</p>
    </Region>
  );
}

type EvidenceItemProps = { evidence: Evidence; isDeciding: boolean; sources: SourceStatus[] };

function EvidenceItem({ evidence, isDeciding, sources }: EvidenceItemProps) {
  const titleId = useId();
  const { raw, normalized, notLookedUp, hits, sharedBy } = evidence;
  const stored = storedForms(sources, hits);
  const assumed = hits.find((hit) => hit.assumedCountry !== undefined)?.assumedCountry;
  const rules = [...new Set(hits.flatMap(({ rule }) => rule ?? []))];
  return (
    <article className="evidence" aria-labelledby={titleId}>
      <h3 className="evidence-title">
        <span id={titleId}>{formatIdentifier(evidence)}</span>
        {isDeciding && <Chip>{t('why.decided')}</Chip>}
        {evidence.origin === 'self-declared' && <Chip look="caution">{t('why.notProven')}</Chip>}
      </h3>
      <dl className="pairs">
        <Pair name={t('why.raw')} value={raw} isCode />
        {normalized !== null && <Pair name={t('why.normalized')} value={normalized} isCode />}
        {stored.length > 0 && <Pair name={t('why.stored')} value={stored.join(' · ')} isCode />}
        {sharedBy > 0 && <Pair name={t('why.shared')} value={nameHits(evidence)} />}
      </dl>
      {notLookedUp !== undefined && <p className="quiet">{t(`why.${notLookedUp}`)}</p>}
      {notLookedUp === undefined && sharedBy === 0 && (
        <p className="quiet">{t('none.anywhere', { count: sources.length })}</p>
      )}
      {assumed !== undefined && <p className="quiet">{t('why.assumed', { country: countryName(assumed) })}</p>}
      {evidence.assumed !== undefined && <p className="quiet">{t(`why.received.${evidence.assumed}`)}</p>}
      {rules.map((rule) => (
        <p key={rule} className="quiet">
          {t(`why.same.${rule}`)}
        </p>
      ))}
      {evidence.disagrees === true && <Disagreement evidence={evidence} />}
    </article>
  );
}

/** The stored forms; with several sources each with its source. */
function storedForms(sources: SourceStatus[], hits: Evidence['hits']): string[] {
  const labelOf = (id: string) => sources.find((source) => source.id === id)?.label ?? id;
  return [
    ...new Set(hits.map(({ stored, source }) => (sources.length > 1 ? `${stored} (${labelOf(source)})` : stored))),
  ];
}

/** The state of every source, including those without a hit. */
function QueriedSources({ sources }: { sources: SourceStatus[] }) {
  const now = useNow(5_000);
  return (
    <dl className="pairs">
      {sources.map(({ id, label, state, fetchedAt }) => (
        <Pair
          key={id}
          name={label}
          value={`${t(`why.state.${state}`)}${fetchedAt === null ? '' : ` · ${formatAge(fetchedAt, now)}`}`}
        />
      ))}
    </dl>
  );
}

function Pair({ name, value, isCode = false }: { name: string; value: string; isCode?: boolean }) {
  return (
    <>
      <dt>{name}</dt>
      <dd className={isCode ? 'code' : undefined}>{value}</dd>
    </>
  );
}
