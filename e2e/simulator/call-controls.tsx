import { type ReactNode, useState } from 'react';
import type { ChannelName } from './channels.ts';
import { type Engagement, end, hold, mute, sendKeys } from './contact-center.ts';
import type { Desk } from './desk.ts';
import { Keypad } from './keypad.tsx';
import { TransferForm } from './transfer-form.tsx';

type Drawer = 'Keypad' | 'Transfer';

const controls: Record<ChannelName, ('Hold' | 'Mute' | Drawer)[]> = {
  voice: ['Hold', 'Mute', 'Keypad', 'Transfer'],
  video: ['Hold', 'Mute', 'Transfer'],
  sms: ['Transfer'],
  'web chat': ['Transfer'],
  whatsapp: ['Transfer'],
  facebook: ['Transfer'],
  email: ['Transfer'],
};

/** The actions of an agent during an active engagement. */
export function CallControls({ desk, engagement }: { desk: Desk; engagement: Engagement }) {
  const [drawer, setDrawer] = useState<Drawer | null>(null);
  const { id, channel, isOnHold = false, isMuted = false, handOver } = engagement;
  if (handOver?.outcome === 'pending') return <Waiting desk={desk} engagement={engagement} />;

  const toggle = (name: Drawer) => (
    <button type="button" aria-expanded={drawer === name} onClick={() => setDrawer(drawer === name ? null : name)}>
      {name}
    </button>
  );
  const buttons: Record<'Hold' | 'Mute' | Drawer, ReactNode> = {
    Hold: (
      <button type="button" onClick={() => desk.act((center) => hold(center, id, !isOnHold))}>
        {isOnHold ? 'Unhold' : 'Hold'}
      </button>
    ),
    Mute: (
      <button type="button" onClick={() => desk.act((center) => mute(center, id, !isMuted))}>
        {isMuted ? 'Unmute' : 'Mute'}
      </button>
    ),
    Keypad: toggle('Keypad'),
    Transfer: toggle('Transfer'),
  };
  return (
    <>
      <div className="controls" role="toolbar" aria-label="Call controls">
        {controls[channel].map((name) => (
          <span key={name}>{buttons[name]}</span>
        ))}
        {isOnHold && <span className="condition">On hold</span>}
        {isMuted && <span className="condition">Muted</span>}
        <button type="button" className="bad" onClick={() => desk.act((center) => end(center, id, Date.now()))}>
          End
        </button>
      </div>
      {handOver?.outcome === 'declined' && <p className="what">{handOver.to.name} did not take it.</p>}
      {drawer === 'Keypad' && <Keypad onSend={(keys) => desk.act((center) => sendKeys(center, id, keys))} />}
      {drawer === 'Transfer' && <TransferForm desk={desk} engagement={engagement} onSent={() => setDrawer(null)} />}
    </>
  );
}

/** A warm transfer rings elsewhere: the consumer is on hold, and the agent stays until somebody answers. */
function Waiting({ desk, engagement }: { desk: Desk; engagement: Engagement }) {
  return (
    <div className="wrapping-up">
      <p className="grow">
        Ringing at {engagement.handOver?.to.name}. The consumer is on hold; choose the other agent above and answer
        there.
      </p>
      <button type="button" onClick={() => desk.cancelTransfer(engagement.id)}>
        Cancel transfer
      </button>
    </div>
  );
}
