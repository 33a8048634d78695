import { useEffect, useRef, useState } from 'react';
import type { CustomerCard, RevealAnswer } from '#contract/customers.ts';
import { Button } from '../ui/button.tsx';
import { Fold } from '../ui/fold.tsx';
import { Icon, type IconName } from '../ui/icon.tsx';
import { loadOnUse } from '../ui/load-on-use.tsx';
import { CopyButton } from './copy-button.tsx';
import { t } from './messages.ts';
import type { RevealReason } from './reveal-dialog.tsx';

const RevealDialog = loadOnUse(async () => (await import('./reveal-dialog.tsx')).RevealDialog);

export type Reveal = (customerId: string, reason: RevealReason) => Promise<RevealAnswer>;

type ContactValuesProps = { customer: CustomerCard; reveal: Reveal | null };

const shownFor = 60_000;

/**
 * Phones and e-mails, masked. Revealed values are state of this component for one minute at most, and are dropped when
 * another engagement comes to the front.
 */
export function ContactValues({ customer, reveal }: ContactValuesProps) {
  const [revealed, setRevealed] = useState<RevealAnswer | null>(null);
  const [isDialogOpen, setIsDialogOpen] = useState(false);

  // A hidden `Activity` keeps the tree mounted but cleans up its effects.
  const isInFront = useRef(false);
  useEffect(() => {
    isInFront.current = true;
    return () => {
      isInFront.current = false;
      setRevealed(null);
      setIsDialogOpen(false);
    };
  }, []);

  useEffect(() => {
    if (revealed === null) return;
    const timer = setTimeout(() => setRevealed(null), shownFor);
    return () => clearTimeout(timer);
  }, [revealed]);

  const phones = revealed?.phones ?? customer.phones.map((phone) => phone.masked);
  const emails = revealed?.emails ?? customer.emails.map((email) => email.masked);
  if (phones.length + emails.length === 0) return null;
  const button = reveal !== null && (
    // One button for both states keeps the keyboard focus.
    <Button
      look="quiet"
      title={revealed === null ? undefined : t('contact.hidesIn')}
      onClick={() => (revealed === null ? setIsDialogOpen(true) : setRevealed(null))}
    >
      {t(revealed === null ? 'contact.reveal' : 'contact.hide')}
    </Button>
  );
  const values = (
    <div className="contacts">
      <ContactList icon="phone" name={t('contact.phone')} values={phones} canCopy={revealed !== null} />
      <ContactList icon="mail" name={t('contact.email')} values={emails} canCopy={revealed !== null} />
    </div>
  );
  return (
    <>
      <Fold
        id="contact"
        title={t('region.contact')}
        summary={revealed === null ? [...phones, ...emails].join(' · ') : undefined}
        aside={button}
      >
        {revealed === null && values}
      </Fold>
      {revealed !== null && <div className="revealed">{values}</div>}
      {isDialogOpen && reveal !== null && (
        <RevealDialog
          onClose={() => setIsDialogOpen(false)}
          onReveal={async (reason) => {
            const answer = await reveal(customer.id, reason);
            if (isInFront.current) setRevealed(answer);
            setIsDialogOpen(false);
          }}
        />
      )}
    </>
  );
}

type ContactListProps = { icon: IconName; name: string; values: string[]; canCopy: boolean };

function ContactList({ icon, name, values, canCopy }: ContactListProps) {
  return values.map((value) => (
    <span className="contact" key={value}>
      <Icon name={icon} size={14} />
      <span className="visually-hidden">{name}</span>
      <span className="contact-value">{value}</span>
      {canCopy && <CopyButton value={value} />}
    </span>
  ));
}
