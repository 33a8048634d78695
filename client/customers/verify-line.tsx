import { useState } from 'react';
import type { CustomerGroup } from '#contract/customers.ts';
import { formatWhen } from '../i18n/format.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { loadOnUse } from '../ui/load-on-use.tsx';
import { useNow } from '../ui/use-now.ts';
import { useCardActions } from './card-actions.ts';
import { t } from './messages.ts';

const VerifyDialog = loadOnUse(async () => (await import('./verify-dialog.tsx')).VerifyDialog);

/** Whether and how an agent verified the caller; a matched number is no proof. */
export function VerifyLine({ group: { card, verification } }: { group: CustomerGroup }) {
  const { verify } = useCardActions();
  const [isOpen, setIsOpen] = useState(false);
  const now = useNow(60_000);
  if (card === null || verify === undefined) return null;
  const hidden = card.details.filter((detail) => detail.isHidden).length;
  return (
    <>
      <p className="customer-line customer-line-small">
        {verification !== null ? (
          <span className="verified">
            <Icon name="check" size={14} />
            {t(verification.byYou ? 'verify.byYou' : 'verify.byColleague', {
              method: t(`verify.${verification.method}`),
              when: formatWhen(verification.at, now),
            })}
          </span>
        ) : (
          <>
            <span>{hidden > 0 ? t('verify.hidden', { count: hidden }) : t('verify.not')}</span>
            <Button look="quiet" onClick={() => setIsOpen(true)}>
              {t('verify.action')}
            </Button>
          </>
        )}
      </p>
      {isOpen && (
        <VerifyDialog
          onClose={() => setIsOpen(false)}
          onVerify={async (method) => {
            await verify(card.id, method);
            setIsOpen(false);
          }}
        />
      )}
    </>
  );
}
