import type { CardRecord, CustomerCard } from '#contract/customers.ts';
import type { SourceStatus } from '#contract/sources.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { loadOnUse } from '../ui/load-on-use.tsx';
import { useDelay } from '../ui/use-delay.ts';
import { useCardActions } from './card-actions.ts';
import { t } from './messages.ts';
import { SourceAge } from './source-age.tsx';
import { useRefresh } from './use-refresh.ts';

const SourceFailure = loadOnUse(async () => (await import('./source-failure.tsx')).SourceFailure);

type SourceStatesProps = { records: CardRecord[]; sources: SourceStatus[]; sameBy: CustomerCard['mergedBy'] };

/** Source and age of each record, pending sources, and failed sources. */
export function SourceStates({ records, sources, sameBy }: SourceStatesProps) {
  const { openUrl, refresh } = useCardActions();
  const [refreshAll, isRefreshing] = useRefresh();
  return (
    <>
      <div className="records">
        {records.map(({ id, source, url }) => (
          <span key={id} className="record">
            <SourceAge source={source} />
            {url !== undefined && (
              <Button look="quiet" onClick={() => openUrl(url)}>
                {t('source.open', { source: source.label })}
              </Button>
            )}
          </span>
        ))}
        {refresh && sources.length > 0 && (
          <Button
            look="icon"
            aria-label={t('source.refresh')}
            title={t('source.refresh')}
            isBusy={isRefreshing}
            onClick={() => refreshAll()}
          >
            <Icon name="catching-up" size={14} />
          </Button>
        )}
      </div>
      {sameBy.length > 0 && (
        <p className="customer-line-small">{t(sameBy.length > 1 ? 'same.both' : `same.${sameBy[0] ?? 'phone'}`)}</p>
      )}
      <SourceFailures sources={sources} />
    </>
  );
}

/** One message and one `Retry` for each failed source. */
export function SourceFailures({ sources }: { sources: SourceStatus[] }) {
  const pending = sources.filter(({ state }) => state === 'pending');
  return (
    <>
      {pending.length > 0 && <StillLooking sources={pending} />}
      {sources.map((source) =>
        source.state === 'pending' || source.state === 'found' || source.state === 'not-found' ? null : (
          <SourceFailure key={source.id} source={source} />
        ),
      )}
    </>
  );
}

/** Shown after three seconds only: text that flashes distracts. */
function StillLooking({ sources }: { sources: SourceStatus[] }) {
  const isSlow = useDelay(3_000);
  const names = sources.map(({ label }) => label).join(', ') || t('source.default');
  return (
    <p className="quiet" role="status">
      {isSlow && t('state.stillLooking', { source: names })}
    </p>
  );
}
