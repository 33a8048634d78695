import './messages-on-use.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { t } from './messages.ts';

type HelpDialogProps = { clientVersion: string | null; onClose: () => void };

export function HelpDialog({ clientVersion, onClose }: HelpDialogProps) {
  return (
    <Dialog title={t('help.title')} onClose={onClose}>
      <p>{t('help.switch')}</p>
      <dl className="shortcuts">
        <Shortcut keys="1–9" words={t('help.choose')} />
        <Shortcut keys="U" words={t('help.undo')} />
      </dl>
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
