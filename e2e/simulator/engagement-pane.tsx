import { CallControls } from './call-controls.tsx';
import { ChannelIcon } from './channel-icon.tsx';
import { channels } from './channels.ts';
import { Clock } from './clock.tsx';
import { type ContactCenter, type Engagement, focusedEngagement } from './contact-center.ts';
import type { Desk } from './desk.ts';
import { describeCaller, PhaseChip } from './engagement-list.tsx';
import { OutcomeForm } from './outcome-form.tsx';
import { VariablesEditor } from './variables-editor.tsx';

export function EngagementPane({ center, desk }: { center: ContactCenter; desk: Desk }) {
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
      {phase === 'active' && <CallControls desk={desk} engagement={engagement} />}
      {phase === 'wrap-up' && (
        <p className="wrapping-up">
          The conversation is over. The panel is still here: the last moment to write something down.
        </p>
      )}
      <OutcomeForm desk={desk} engagement={engagement} />
      <FactList engagement={engagement} />
      <VariablesEditor engagement={engagement} act={desk.act} />
    </section>
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
