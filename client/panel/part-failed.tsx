import { Button } from '../ui/button.tsx';
import { t } from './messages.ts';

/** The line in place of a part that could not be fetched or drawn; everything else stays. */
export function PartFailed({ onRetry }: { onRetry: () => void }) {
  return (
    <p className="part-failed" role="alert">
      {t('part.failed')}{' '}
      <Button look="quiet" onClick={onRetry}>
        {t('state.retry')}
      </Button>
      <Button look="quiet" onClick={() => location.reload()}>
        {t('part.reload')}
      </Button>
    </p>
  );
}
