import type { ReactNode } from 'react';
import type { SourceStatus } from '#contract/sources.ts';
import { ApiError } from '../api/errors.ts';
import { formatList } from '../i18n/format.ts';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { useDelay } from '../ui/use-delay.ts';
import { type MessageKey, t } from './messages.ts';

type PlainStateProps = { title: string; children: ReactNode };

/** A page of one heading and a short text. */
export function PlainState({ title, children }: PlainStateProps) {
  return (
    <section className="plain-state" aria-label={title}>
      <h1 className="plain-state-title">{title}</h1>
      {children}
    </section>
  );
}

type HostFailedProps = { reason: 'timeout' | 'refused'; onRetry: () => void };

export function HostFailed({ reason, onRetry }: HostFailedProps) {
  return (
    <PlainState title={t('state.failed.title')}>
      <p>{t(`state.failed.${reason}`)}</p>
      <p>
        <Button look="primary" onClick={onRetry}>
          {t('state.retry')}
        </Button>
      </p>
    </PlainState>
  );
}

/** A skeleton in the shape of the card, against layout shift. */
export function LookingUp({ sources = [] }: { sources?: SourceStatus[] }) {
  const isSlow = useDelay(3_000);
  const names = sources.filter(({ state }) => state === 'pending').map(({ label }) => label);
  return (
    <section className="looking-up" aria-busy="true" aria-label={t('customer.looking')}>
      <h1 className="visually-hidden">{t('customer.looking')}</h1>
      <div className="looking-up-head">
        <Skeleton width="middle" />
        <Skeleton width="long" />
        <Skeleton width="long" />
        <Skeleton width="middle" />
      </div>
      {['cases', 'interactions', 'details'].map((section) => (
        <div className="region" key={section}>
          <Skeleton width="short" />
          <Skeleton width="long" />
          <Skeleton width="middle" />
        </div>
      ))}
      <p className="looking-up-slow" role="status">
        {isSlow && t('state.stillLooking', { source: formatList(names) || t('source.default') })}
      </p>
    </section>
  );
}

type LookUpFailedProps = { caller: string | undefined; error: unknown; isRetrying: boolean; onRetry: () => void };

export function LookUpFailed({ caller, error, isRetrying, onRetry }: LookUpFailedProps) {
  return (
    <section aria-label={t('region.customer')}>
      <h1 className="customer-name customer-alone">{caller ?? t('state.lookUpFailed')}</h1>
      <Notice kind="error" action={<RetryButton isRetrying={isRetrying} onRetry={onRetry} />}>
        <p role="alert">{t(messageFor(error))}</p>
        {error instanceof ApiError && error.requestId !== null && (
          <p className="quiet">{t('error.reference', { requestId: error.requestId })}</p>
        )}
      </Notice>
    </section>
  );
}

type StaleProps = { source: string | null; isRetrying: boolean; onRetry: () => void };

/** The shown values are stale: `source` failed, or the server was not reached. */
export function Stale({ source, isRetrying, onRetry }: StaleProps) {
  return (
    <Notice kind="caution" action={<RetryButton isRetrying={isRetrying} onRetry={onRetry} />}>
      <p role="status">{source === null ? t('state.refresh.failed') : t('state.source.failed', { source })}</p>
    </Notice>
  );
}

function RetryButton({ isRetrying, onRetry }: { isRetrying: boolean; onRetry: () => void }) {
  return (
    <Button isBusy={isRetrying} onClick={onRetry}>
      {isRetrying ? t('state.retrying') : t('state.retry')}
    </Button>
  );
}

function messageFor(error: unknown): MessageKey {
  if (!(error instanceof ApiError)) return 'state.reading.failed';
  switch (error.code) {
    case 'offline':
    case 'timeout':
    case 'unavailable':
    case 'rate_limited':
    case 'forbidden':
      return `error.${error.code}`;
    case 'unauthenticated':
    case 'app_context_refused':
      return 'error.session';
    default:
      return 'error.unknown';
  }
}
