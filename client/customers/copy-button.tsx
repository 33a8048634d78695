import { useEffect, useState } from 'react';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { t } from './messages.ts';

/** Copies one value, and says for a second that it did. */
export function CopyButton({ value }: { value: string }) {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle');
  useEffect(() => {
    if (state === 'idle') return;
    const timer = setTimeout(() => setState('idle'), 1_000);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = () =>
    writeToClipboard(value).then(
      () => setState('copied'),
      () => setState('failed'),
    );
  return (
    <>
      <Button
        look="icon"
        aria-label={t('copy.action')}
        title={`${t('copy.action')} ${value}`}
        onClick={() => void copy()}
      >
        <Icon name={state === 'copied' ? 'check' : 'copy'} size={14} />
      </Button>
      <span className="quiet" role="status">
        {state !== 'idle' && t(`copy.${state}`)}
      </span>
    </>
  );
}

/** A frame needs the host's leave for the Clipboard API; without it the older way still works on a click. */
async function writeToClipboard(value: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(value);
  } catch {
    const field = document.createElement('textarea');
    field.value = value;
    document.body.append(field);
    field.select();
    const hasCopied = document.execCommand('copy');
    field.remove();
    if (!hasCopied) throw new Error('The browser refused to copy.');
  }
}
