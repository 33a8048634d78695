import type { CustomerGroup } from '#contract/customers.ts';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import { t } from './messages.ts';

/** Offers a newer match with another customer; the shown card stays until the agent accepts. */
export function LateMatch({ offered, onShow }: { offered: CustomerGroup; onShow: () => void }) {
  return (
    <Notice kind="offer" action={<Button onClick={onShow}>{t('late.show')}</Button>}>
      <p role="status">{formatOffer(offered)}</p>
    </Notice>
  );
}

function formatOffer({ card, match, link, candidates }: CustomerGroup): string {
  if (card === null) return t(candidates.length > 0 ? 'late.ambiguous' : 'late.none');
  if (link.decidedBy === 'agent' || match.kind !== 'matched') return t('late.agent', { name: card.name });
  return t(`late.${match.rule}`, { name: card.name });
}
