import { useEffect, useRef, useState } from 'react';
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
export function VerificationState({ group: { card, verification } }: { group: CustomerGroup }) {
  const { verify } = useCardActions();
  const [isOpen, setIsOpen] = useState(false);
  const now = useNow(60_000);
  const verifiedText = useRef<HTMLSpanElement>(null);
  const hasVerified = useRef(false);
  // The button that had the focus has gone; the focus stays with what the agent did.
  useEffect(() => {
    if (verification === null || !hasVerified.current) return;
    hasVerified.current = false;
    verifiedText.current?.focus();
  }, [verification]);

  if (card === null || verify === undefined) return null;
  if (verification !== null) {
    return (
      <span className="verified" ref={verifiedText} tabIndex={-1}>
        <Icon name="check" size={14} />
        {t(verification.byYou ? 'verify.byYou' : 'verify.byColleague', {
          method: t(`verify.${verification.method}`),
          when: formatWhen(verification.at, now),
        })}
      </span>
    );
  }
  return (
    <span className="not-verified">
      <span className="not-verified-word">{t('verify.not')}</span>
      <Button onClick={() => setIsOpen(true)}>{t('verify.action')}</Button>
      {isOpen && (
        <VerifyDialog
          onClose={() => setIsOpen(false)}
          onVerify={async (method) => {
            await verify(card.id, method);
            hasVerified.current = true;
            setIsOpen(false);
          }}
        />
      )}
    </span>
  );
}
