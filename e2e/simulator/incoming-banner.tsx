import { ChannelIcon } from './channel-icon.tsx';
import { channels } from './channels.ts';
import { answer, type ContactCenter, decline, openEngagements } from './contact-center.ts';
import { type Act, describeCaller } from './engagement-list.tsx';

/** The one that has rung longest. */
export function IncomingBanner({ center, act }: { center: ContactCenter; act: Act }) {
  const ringing = openEngagements(center).filter(({ phase }) => phase === 'ringing');
  const [incoming] = ringing;
  if (!incoming) return null;
  return (
    <section className="incoming" aria-label="Incoming">
      <span className="pulse">
        <ChannelIcon channel={incoming.channel} />
      </span>
      <div className="grow">
        <strong>{describeCaller(incoming)}</strong>
        <span className="what">
          {channels[incoming.channel].label} · {incoming.queue.name}
          {incoming.transfer && ` · ${incoming.transfer.type} transfer from ${incoming.transfer.fromAgent.name}`}
          {ringing.length > 1 && ` · ${ringing.length - 1} more ringing`}
        </span>
      </div>
      <button
        type="button"
        title="Nobody answers in time"
        onClick={() => act((now) => decline(now, incoming.id, Date.now(), 'timeout'))}
      >
        Miss
      </button>
      <button type="button" onClick={() => act((now) => decline(now, incoming.id, Date.now()))}>
        Decline
      </button>
      <button type="button" className="good" onClick={() => act((now) => answer(now, incoming.id, Date.now()))}>
        Answer
      </button>
    </section>
  );
}
