import { ChannelIcon } from './channel-icon.tsx';
import { channels } from './channels.ts';
import { Clock } from './clock.tsx';
import { type ContactCenter, type Engagement, focus, openEngagements } from './contact-center.ts';

export type Act = (verb: (center: ContactCenter) => ContactCenter) => void;

export function EngagementList({ center, act }: { center: ContactCenter; act: Act }) {
  const open = openEngagements(center);
  return (
    <section>
      <h2 id="engagements-title">
        Engagements <span className="count">{open.length}</span>
      </h2>
      <ul className="engagements" aria-labelledby="engagements-title">
        {open.map((engagement) => (
          <li key={engagement.id}>
            <button
              type="button"
              className={`engagement ${engagement.phase}`}
              aria-current={engagement.id === center.focusedId}
              disabled={engagement.phase === 'ringing'}
              title={engagement.phase === 'ringing' ? 'Answer it first' : undefined}
              onClick={() => act((now) => focus(now, engagement.id))}
            >
              <ChannelIcon channel={engagement.channel} />
              <span className="who">{describeCaller(engagement)}</span>
              <Clock since={engagement.hungUpAt ?? engagement.acceptedAt ?? engagement.startedAt} />
              <span className="what">
                {channels[engagement.channel].label} · {engagement.queue.name}
              </span>
              <PhaseChip phase={engagement.phase} />
            </button>
          </li>
        ))}
        {open.length === 0 && <li className="nothing">Nobody is waiting.</li>}
      </ul>
    </section>
  );
}

/** As Zoom shows the person: by the name it was given, or else by what they reached us with. */
export function describeCaller({ consumers }: Engagement): string {
  const [first] = consumers;
  const known = first?.consumerDisplayName ?? first?.consumerNumber ?? first?.consumerEmail;
  return known ?? 'Somebody';
}

export function PhaseChip({ phase }: { phase: Engagement['phase'] }) {
  const words = { ringing: 'Ringing', active: 'Active', 'wrap-up': 'Wrap-up', end: 'Ended' };
  return <span className={`phase ${phase}`}>{words[phase]}</span>;
}
