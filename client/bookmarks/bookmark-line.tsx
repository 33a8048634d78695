import { useMutation } from '@tanstack/react-query';
import { setBookmark } from '#contract/bookmarks.ts';
import type { EngagementView } from '#contract/view.ts';
import type { Api } from '../api/client.ts';
import { formatMoment } from '../i18n/format.ts';
import { Button } from '../ui/button.tsx';
import { t } from './messages.ts';

export function BookmarkLine({ view, api }: { view: EngagementView; api: Api }) {
  const { engagementId, bookmark } = view;
  const { mutate, data, isPending } = useMutation({
    mutationFn: () => api.call(setBookmark, { params: { engagementId } }),
  });
  const expiresAt = data?.expiresAt ?? bookmark?.expiresAt ?? null;
  if (expiresAt !== null) return <p className="quiet">{t('bookmark.until', { time: formatMoment(expiresAt) })}</p>;
  return (
    <Button look="quiet" isBusy={isPending} onClick={() => mutate()}>
      {t('bookmark.set')}
    </Button>
  );
}
