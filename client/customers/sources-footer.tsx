import { useId, useState } from 'react';
import type { CardRecord, CustomerCard } from '#contract/customers.ts';
import type { SourceStatus } from '#contract/sources.ts';
import { formatAge, formatList, formatMoment } from '../i18n/format.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { loadOnUse } from '../ui/load-on-use.tsx';
import { useNow } from '../ui/use-now.ts';
import { useCardActions } from './card-actions.ts';
import { t } from './messages.ts';
import { useRefresh } from './use-refresh.ts';

const SourceFailure = loadOnUse(async () => (await import('./source-failure.tsx')).SourceFailure);

/** Older values are marked. */
const oldMs = 30 * 60_000;

type SourcesFooterProps = {
  sources: SourceStatus[];
  /** Of the card or the candidates: a source without one has nothing to open. */
  records: CardRecord[];
  mergedBy?: CustomerCard['mergedBy'];
};

/** Where the values of the panel come from and how old they are: one line, always in the same place. */
export function SourcesFooter({ sources, records, mergedBy = [] }: SourcesFooterProps) {
  const [isOpen, setIsOpen] = useState(false);
  const [refresh, isRefreshing] = useRefresh();
  const bodyId = useId();
  if (sources.length === 0) return null;
  return (
    <section className="sources" aria-label={t('region.sources')}>
      <div className="sources-line">
        <button
          type="button"
          className="sources-toggle"
          aria-expanded={isOpen}
          aria-controls={isOpen ? bodyId : undefined}
          onClick={() => setIsOpen(!isOpen)}
        >
          <SourcesSummary sources={sources} records={records} />
          <Icon name={isOpen ? 'down' : 'right'} size={12} />
        </button>
        <Button
          look="icon"
          aria-label={t('source.refresh')}
          title={t('source.refresh')}
          isBusy={isRefreshing}
          onClick={() => refresh()}
        >
          <Icon name="catching-up" size={14} />
        </Button>
      </div>
      <SourceFailures sources={sources} />
      {isOpen && (
        <div id={bodyId}>
          <ul className="source-list">
            {sources.map((source) => (
              <SourceItem key={source.id} source={source} records={records} />
            ))}
          </ul>
          {mergedBy.length > 0 && (
            <p className="quiet">{t(mergedBy.length > 1 ? 'same.both' : `same.${mergedBy[0] ?? 'phone'}`)}</p>
          )}
        </div>
      )}
    </section>
  );
}

/** `Directory, Salesforce · 5s ago`: the sources of the values, and the age of the oldest. */
function SourcesSummary({ sources, records }: { sources: SourceStatus[]; records: CardRecord[] }) {
  const now = useNow(5_000);
  const pending = sources.filter(({ state }) => state === 'pending').map(({ label }) => label);
  const used = [...new Map(records.map(({ source }) => [source.id, source])).values()];
  const read = used.length > 0 ? used : sources.filter(({ fetchedAt }) => fetchedAt !== null);
  const times = read.flatMap(({ fetchedAt }) => fetchedAt ?? []);
  const oldest = times.length > 0 ? Math.min(...times) : undefined;
  const names = read.length > 2 ? t('source.count', { count: read.length }) : read.map(({ label }) => label).join(', ');
  const parts = [names, pending.length > 0 && t('source.asking', { source: formatList(pending) })];
  return (
    <span className="sources-summary">
      {parts.filter(Boolean).join(' · ')}
      {oldest !== undefined && (
        <span className={now - oldest > oldMs ? 'sources-old' : undefined}>
          {' · '}
          {t('source.ago', { age: formatAge(oldest, now) })}
        </span>
      )}
    </span>
  );
}

function SourceItem({ source, records }: { source: SourceStatus; records: CardRecord[] }) {
  const { openUrl } = useCardActions();
  const now = useNow(5_000);
  const { id, label, state, fetchedAt } = source;
  const url = records.find((record) => record.source.id === id && record.url !== undefined)?.url;
  const words = [t(`source.state.${state}`), fetchedAt !== null && t('source.ago', { age: formatAge(fetchedAt, now) })];
  return (
    <li className="source">
      <span title={fetchedAt === null ? undefined : formatMoment(fetchedAt)}>
        <b>{label}</b> {words.filter(Boolean).join(' · ')}
      </span>
      {url !== undefined && (
        <Button look="quiet" onClick={() => openUrl(url)}>
          {t('source.open', { source: label })}
        </Button>
      )}
    </li>
  );
}

/** One message and one `Retry` for each failed source. */
export function SourceFailures({ sources }: { sources: SourceStatus[] }) {
  return sources.map((source) =>
    source.state === 'pending' || source.state === 'found' || source.state === 'not-found' ? null : (
      <SourceFailure key={source.id} source={source} />
    ),
  );
}
