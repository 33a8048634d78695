import { useState } from 'react';
import { t } from '../i18n/translate.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Icon } from '../ui/icon.tsx';

/** The strip's `⋯`. */
export function HelpButton({ clientVersion }: { clientVersion: string | null }) {
  const [isOpen, setIsOpen] = useState(false);
  const close = () => setIsOpen(false);
  return (
    <>
      <Button look="icon" aria-label={t('strip.help')} title={t('strip.help')} onClick={() => setIsOpen(true)}>
        <Icon name="dots" />
      </Button>
      {isOpen && (
        <Dialog title={t('help.title')} onClose={close}>
          <p>{t('help.switch')}</p>
          <dl className="shortcuts">
            <Shortcut keys="1–9" words={t('help.choose')} />
            <Shortcut keys="U" words={t('help.undo')} />
          </dl>
          {clientVersion !== null && <p className="quiet">{t('help.client', { version: clientVersion })}</p>}
          <div className="dialog-actions">
            <Button onClick={close}>{t('help.close')}</Button>
          </div>
        </Dialog>
      )}
    </>
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
