import { ChannelIcon } from './channel-icon.tsx';
import { channels } from './channels.ts';
import { Clock } from './clock.tsx';
import { type ContactCenter, close, type Engagement, end, focusedEngagement } from './contact-center.ts';
import { type Act, describeCaller, PhaseChip } from './engagement-list.tsx';
import { VariablesEditor } from './variables-editor.tsx';

/** What Zoom tells of these only through events from its cloud, which this desktop does not send yet. */
const notYet = 'Zoom reports this through its cloud events, which the simulator does not send yet';

export function EngagementPane({ center, act }: { center: ContactCenter; act: Act }) {
  const engagement = focusedEngagement(center);
  if (!engagement) return null;
  const { phase } = engagement;
  return (
    <section className="pane" aria-label="Engagement">
      <header className="pane-header">
        <ChannelIcon channel={engagement.channel} />
        <div className="grow">
          <h2>{describeCaller(engagement)}</h2>
          <p className="what">
            {channels[engagement.channel].label} · {engagement.queue.name}
            {engagement.transfer &&
              ` · ${engagement.transfer.type} transfer from ${engagement.transfer.fromAgent.name}`}
          </p>
        </div>
        <PhaseChip phase={phase} />
        <Clock since={engagement.hungUpAt ?? engagement.acceptedAt ?? engagement.startedAt} />
      </header>
      {phase === 'active' && (
        <div className="controls" role="toolbar" aria-label="Call controls">
          {controlsOf(engagement).map((name) => (
            <button key={name} type="button" disabled title={notYet}>
              {name}
            </button>
          ))}
          <button type="button" className="bad" onClick={() => act((now) => end(now, engagement.id, Date.now()))}>
            End
          </button>
        </div>
      )}
      {phase === 'wrap-up' && <WrapUp onClose={() => act((now) => close(now, engagement.id, Date.now()))} />}
      <FactList engagement={engagement} />
      <VariablesEditor engagement={engagement} act={act} />
    </section>
  );
}

function controlsOf({ channel }: Engagement): string[] {
  if (channel === 'voice') return ['Hold', 'Mute', 'Keypad', 'Transfer'];
  return channel === 'video' ? ['Hold', 'Mute', 'Transfer'] : ['Transfer'];
}

function WrapUp({ onClose }: { onClose(): void }) {
  return (
    <div className="wrapping-up">
      <p className="grow">
        The conversation is over. The panel is still here: the last moment to write something down.
      </p>
      <label>
        Disposition
        <select disabled title={notYet}>
          <option>None</option>
        </select>
      </label>
      <button type="button" className="primary" onClick={onClose}>
        Close
      </button>
    </div>
  );
}

function FactList({ engagement }: { engagement: Engagement }) {
  const [consumer] = engagement.consumers;
  const facts = [
    ['Number', consumer?.consumerNumber],
    ['E-mail', consumer?.consumerEmail],
    ['Name given', consumer?.consumerDisplayName],
    ['Engagement ID', engagement.id],
  ] as const;
  return (
    <dl className="facts">
      {facts.map(([name, value]) =>
        value === undefined ? null : (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}
