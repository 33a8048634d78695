import type { Evidence } from '#contract/customers.ts';
import { Icon } from '../ui/icon.tsx';
import { formatIdentifier, nameHits } from './format-match.ts';
import { t } from './messages.ts';

export function Disagreement({ evidence }: { evidence: Evidence }) {
  const words = { identifier: formatIdentifier(evidence), names: nameHits(evidence) };
  return (
    <p className="caution">
      <Icon name="caution" size={14} />
      {t('match.disagrees', words)}
    </p>
  );
}
