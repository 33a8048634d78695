import './messages-on-use.ts';
import { useEffect, useState } from 'react';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { t } from './messages.ts';

type HelpDialogProps = { clientVersion: string | null; onClose: () => void };

export function HelpDialog({ clientVersion, onClose }: HelpDialogProps) {
  const trustsPanels = useTrustsPanels();
  return (
    <Dialog title={t('help.title')} onClose={onClose}>
      <p>{t('help.switch')}</p>
      <dl className="shortcuts">
        <Shortcut keys="1–9" words={t('help.choose')} />
        <Shortcut keys="U" words={t('help.undo')} />
      </dl>
      {trustsPanels && <p>{t('help.trustsPanels')}</p>}
      {clientVersion !== null && <p className="quiet">{t('help.client', { version: clientVersion })}</p>}
      <div className="dialog-actions">
        <Button onClick={onClose}>{t('help.close')}</Button>
      </div>
    </Dialog>
  );
}

function Shortcut({ keys, words }: { keys: string; words: string }) {
  return (
    <div>
      <dt>
        <kbd className="key">{keys}</kbd>
      </dt>
      <dd>{words}</dd>
    </div>
  );
}

/** Whether the server runs with TRUST_PANELS; false while it does not say so. */
function useTrustsPanels(): boolean {
  const [trusts, setTrusts] = useState(false);
  useEffect(() => {
    const closing = new AbortController();
    readTrustsPanels(closing.signal).then(setTrusts, () => {});
    return () => closing.abort();
  }, []);
  return trusts;
}

async function readTrustsPanels(signal: AbortSignal): Promise<boolean> {
  const response = await fetch('/readyz', { signal });
  const { trustsPanels } = (await response.json()) as { trustsPanels?: unknown };
  return trustsPanels === true;
}
