import type { EngagementFacts } from '#contract/engagements.ts';
import { t } from '../i18n/translate.ts';
import { Icon } from '../ui/icon.tsx';

/** From whom a transferred engagement comes. Zoom names the agent only where the account lets it. */
export function HandOver({ facts }: { facts: EngagementFacts }) {
  if (facts.isTransfer !== true) return null;
  const agent = facts.transferFromAgentName ?? t('strip.someone');
  return (
    <p className="hand-over">
      <Icon name="transfer" size={14} />
      {t(facts.transferType === 'warm' ? 'strip.warmTransfer' : 'strip.transfer', { agent })}
    </p>
  );
}
