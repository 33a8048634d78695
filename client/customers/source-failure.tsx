import type { SourceStatus } from '#contract/sources.ts';
import { formatTime } from '../i18n/format.ts';
import { t } from '../i18n/translate.ts';
import '../i18n/words-on-use.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { useCardActions } from './card-actions.ts';
import { useRefresh } from './use-refresh.ts';

/** One failure in its own words. Loaded on use: on most days there is none. */
export function SourceTrouble({ source }: { source: SourceStatus }) {
  const { refresh } = useCardActions();
  const [retry, isBusy] = useRefresh();
  return (
    <div className="caution source-trouble">
      <Icon name="caution" size={14} />
      <span role="status">{troubleWords(source)}</span>
      {refresh && (
        <Button look="quiet" isBusy={isBusy} onClick={() => retry(source.id)}>
          {t(isBusy ? 'state.retrying' : 'state.retry')}
        </Button>
      )}
    </div>
  );
}

function troubleWords({ label, state, retryAt }: SourceStatus): string {
  if (state === 'asking' || state === 'found' || state === 'not-found') return '';
  return t(`trouble.${state}`, { source: label, time: (retryAt && formatTime(retryAt)) || '' });
}
