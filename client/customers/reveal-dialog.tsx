import { useState } from 'react';
import { type RevealRequest, revealReasons } from '#contract/customers.ts';
import { Field } from '../ui/field.tsx';
import { t } from './messages.ts';
import { ReasonDialog } from './reason-dialog.tsx';

export type RevealReason = Omit<RevealRequest, 'customerId'>;

type RevealDialogProps = { onReveal: (reason: RevealReason) => Promise<void>; onClose: () => void };

export function RevealDialog({ onReveal, onClose }: RevealDialogProps) {
  const [reason, setReason] = useState<RevealRequest['reason']>('verify-caller');
  const [note, setNote] = useState('');
  const lacksNote = reason === 'other' && note.trim() === '';
  return (
    <ReasonDialog
      title={t('reveal.title')}
      explain={t('reveal.explain')}
      act={t('contact.reveal')}
      reasons={revealReasons.map((one) => ({ reason: one, words: t(`reveal.${one}`) }))}
      chosen={reason}
      onChoose={setReason}
      findProblem={() => (lacksNote ? t('reveal.noteMissing') : null)}
      onSubmit={() => onReveal({ reason, ...(reason === 'other' && { note: note.trim() }) })}
      failed={t('reveal.failed')}
      onClose={onClose}
    >
      {reason === 'other' && (
        <Field
          label={t('reveal.note')}
          value={note}
          maxLength={500}
          aria-invalid={lacksNote}
          onChange={(event) => setNote(event.target.value)}
        />
      )}
    </ReasonDialog>
  );
}
