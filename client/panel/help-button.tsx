import { useState } from 'react';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { loadOnUse } from '../ui/load-on-use.tsx';
import { t } from './messages.ts';

const HelpDialog = loadOnUse(async () => (await import('./help-dialog.tsx')).HelpDialog);

/** The `⋯` of the strip. */
export function HelpButton({ clientVersion }: { clientVersion: string | null }) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button look="icon" aria-label={t('strip.help')} title={t('strip.help')} onClick={() => setIsOpen(true)}>
        <Icon name="dots" />
      </Button>
      {isOpen && <HelpDialog clientVersion={clientVersion} onClose={() => setIsOpen(false)} />}
    </>
  );
}
