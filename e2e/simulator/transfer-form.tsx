import { useState } from 'react';
import type { Engagement, TransferType } from './contact-center.ts';
import type { Desk } from './desk.ts';
import { type QueueName, queueNames, queues } from './queues.ts';

/** To the other agent, or to a queue, which offers it to the other agent: here they serve all queues. */
export function TransferForm(of: { desk: Desk; engagement: Engagement; onSent(): void }) {
  const { desk, engagement, onSent } = of;
  const { agents, center } = desk.getState();
  const others = agents.filter(({ id }) => id !== center.agent.id);
  const [target, setTarget] = useState(others[0]?.name ?? '');
  const [type, setType] = useState<TransferType>('warm');
  const queueName = queueNames.find((name) => name === target);

  const send = () => {
    const to = others.find(({ name }) => name === target) ?? others[0];
    if (!to) return;
    const queue = queueName && queues[queueName];
    desk.transfer({ from: center.agent, engagementId: engagement.id, to, type, ...(queue && { queue }) });
    onSent();
  };
  return (
    <form
      className="drawer"
      aria-label="Transfer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <label>
        To
        <select value={target} onChange={(event) => setTarget(event.target.value)}>
          <optgroup label="Agents">
            {others.map(({ id, name }) => (
              <option key={id}>{name}</option>
            ))}
          </optgroup>
          <optgroup label="Queues">
            {queueNames.map((name: QueueName) => (
              <option key={name}>{name}</option>
            ))}
          </optgroup>
        </select>
      </label>
      <label>
        How
        <select value={type} onChange={(event) => setType(event.target.value === 'warm' ? 'warm' : 'direct')}>
          <option value="warm">Warm</option>
          <option value="direct">Cold</option>
        </select>
      </label>
      <button type="submit" className="primary">
        Transfer now
      </button>
    </form>
  );
}
