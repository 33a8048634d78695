import type { Evidence } from '#contract/customers.ts';
import { t } from '../i18n/translate.ts';
import { Icon } from '../ui/icon.tsx';
import { holderWords, identifierWords } from './match-messages.ts';

export function Disagreement({ evidence }: { evidence: Evidence }) {
  const words = { identifier: identifierWords(evidence), names: holderWords(evidence) };
  return (
    <p className="caution">
      <Icon name="caution" size={14} />
      {t('match.disagrees', words)}
    </p>
  );
}
