import type { SourceStatus } from '#contract/sources.ts';
import { formatTime } from '../i18n/format.ts';
import { t } from './messages.ts';
import './messages-on-use.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { useCardActions } from './card-actions.ts';
import { useRefresh } from './use-refresh.ts';

/** The message of one failed source. Loaded on use. */
export function SourceFailure({ source }: { source: SourceStatus }) {
  const { refresh } = useCardActions();
  const [retry, isBusy] = useRefresh();
  return (
    <div className="caution source-failure">
      <Icon name="caution" size={14} />
      <span role="status">{failureMessage(source)}</span>
      {refresh && (
        <Button look="quiet" isBusy={isBusy} onClick={() => retry(source.id)}>
          {t(isBusy ? 'state.retrying' : 'state.retry')}
        </Button>
      )}
    </div>
  );
}

function failureMessage({ label, state, retryAt }: SourceStatus): string {
  if (state === 'pending' || state === 'found' || state === 'not-found') return '';
  return t(`failure.${state}`, { source: label, time: (retryAt && formatTime(retryAt)) || '' });
}
