import './messages-on-use.ts';
import { type FormEvent, type ReactNode, useState } from 'react';
import { ApiError } from '../api/errors.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { t } from './messages.ts';

type ReasonDialogProps<Reason extends string> = {
  title: string;
  explain: string;
  /** Text of the button. */
  act: string;
  reasons: { reason: Reason; words: string }[];
  chosen: Reason;
  onChoose: (reason: Reason) => void;
  /** The problem with the input; null when it can be submitted. */
  findProblem?: () => string | null;
  onSubmit: () => Promise<void>;
  failed: string;
  onClose: () => void;
  children?: ReactNode;
};

/** A guarded action needs one of several reasons, which goes to the audit trail. */
export function ReasonDialog<Reason extends string>(props: ReasonDialogProps<Reason>) {
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setIsBusy] = useState(false);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (isBusy) return;
    const found = props.findProblem?.() ?? null;
    setProblem(found);
    if (found !== null) return;
    setIsBusy(true);
    try {
      await props.onSubmit();
    } catch (error) {
      setProblem(explainRefusal(error) ?? props.failed);
    } finally {
      setIsBusy(false);
    }
  };

  return (
    <Dialog title={props.title} onClose={props.onClose}>
      <form onSubmit={submit} noValidate>
        <fieldset className="reasons">
          <legend className="visually-hidden">{props.title}</legend>
          {props.reasons.map(({ reason, words }) => (
            <label key={reason} className="reason">
              <input
                type="radio"
                name="reason"
                checked={props.chosen === reason}
                onChange={() => props.onChoose(reason)}
              />
              {words}
            </label>
          ))}
        </fieldset>
        {props.children}
        {problem !== null && (
          <p className="failure" role="alert">
            {problem}
          </p>
        )}
        <p className="quiet reveal-explain">{props.explain}</p>
        <div className="dialog-actions">
          <Button onClick={props.onClose}>{t('reveal.cancel')}</Button>
          <Button look="primary" submits isBusy={isBusy}>
            {props.act}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function explainRefusal(error: unknown): string | undefined {
  if (!(error instanceof ApiError)) return undefined;
  switch (error.code) {
    case 'not_confirmed':
    case 'forbidden':
    case 'rate_limited':
      return t(`act.${error.code}`);
    default:
      return undefined;
  }
}
