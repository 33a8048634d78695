import { type FormEvent, useState } from 'react';
import { type RevealRequest, revealReasons } from '#contract/customers.ts';
import { t } from '../i18n/translate.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';

export type RevealReason = Omit<RevealRequest, 'customerId'>;

type RevealDialogProps = { onReveal: (reason: RevealReason) => Promise<void>; onClose: () => void };

export function RevealDialog({ onReveal, onClose }: RevealDialogProps) {
  const [reason, setReason] = useState<RevealRequest['reason']>('verify-caller');
  const [note, setNote] = useState('');
  const [problem, setProblem] = useState<'reveal.noteMissing' | 'reveal.failed' | null>(null);
  const [isBusy, setIsBusy] = useState(false);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (isBusy) return;
    if (reason === 'other' && note.trim() === '') return setProblem('reveal.noteMissing');
    setIsBusy(true);
    try {
      await onReveal({ reason, ...(reason === 'other' && { note: note.trim() }) });
    } catch {
      setProblem('reveal.failed');
    } finally {
      setIsBusy(false);
    }
  };

  return (
    <Dialog title={t('reveal.title')} onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <fieldset className="reasons">
          <legend className="visually-hidden">{t('reveal.title')}</legend>
          {revealReasons.map((one) => (
            <label key={one} className="reason">
              <input type="radio" name="reason" checked={reason === one} onChange={() => setReason(one)} />
              {t(`reveal.${one}`)}
            </label>
          ))}
        </fieldset>
        {reason === 'other' && (
          <Field
            label={t('reveal.note')}
            value={note}
            maxLength={500}
            aria-invalid={problem === 'reveal.noteMissing'}
            onChange={(event) => setNote(event.target.value)}
          />
        )}
        {problem !== null && (
          <p className="failure" role="alert">
            {t(problem)}
          </p>
        )}
        <p className="quiet reveal-explain">{t('reveal.explain')}</p>
        <div className="dialog-actions">
          <Button onClick={onClose}>{t('reveal.cancel')}</Button>
          <Button look="primary" submits isBusy={isBusy}>
            {t('contact.reveal')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
