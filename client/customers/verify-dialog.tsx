import { useState } from 'react';
import { type VerificationMethod, verificationMethods } from '#contract/customers.ts';
import { t } from './messages.ts';
import { ReasonDialog } from './reason-dialog.tsx';

type VerifyDialogProps = { onVerify: (method: VerificationMethod) => Promise<void>; onClose: () => void };

export function VerifyDialog({ onVerify, onClose }: VerifyDialogProps) {
  const [method, setMethod] = useState<VerificationMethod>('security-question');
  return (
    <ReasonDialog
      title={t('verify.title')}
      explain={t('verify.explain')}
      act={t('verify.confirm')}
      reasons={verificationMethods.map((one) => ({ reason: one, words: t(`verify.${one}`) }))}
      chosen={method}
      onChoose={setMethod}
      onSubmit={() => onVerify(method)}
      failed={t('verify.failed')}
      onClose={onClose}
    />
  );
}
