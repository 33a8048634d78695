import { useState } from 'react';
import { type ChannelName, channelNames, channels, describeConsumer } from './channels.ts';
import type { Arrival } from './contact-center.ts';
import { queues } from './queues.ts';
import { storyPeople } from './story-people.ts';

const hints = { number: 'Number', email: 'E-mail', name: 'Name' };
const examples = {
  number: storyPeople.knownCaller.phone,
  email: storyPeople.emailSender.email,
  name: storyPeople.knownCaller.name,
};

/** Lets anyone reach the agent, whatever they come with. Nothing typed: a withheld number, or a nameless visitor. */
export function RingForm({ onRing }: { onRing(arrival: Omit<Arrival, 'id'>): void }) {
  const [channel, setChannel] = useState<ChannelName>('voice');
  const [identity, setIdentity] = useState('');
  const { knownBy } = channels[channel];
  return (
    <section>
      <h2 id="ring-title">Ring yourself</h2>
      <form
        className="ring-form"
        aria-labelledby="ring-title"
        onSubmit={(event) => {
          event.preventDefault();
          onRing({
            channel,
            queue: queues.Support,
            consumers: [describeConsumer(channel, identity.trim())],
            variables: [],
          });
        }}
      >
        <label>
          Channel
          <select
            value={channel}
            onChange={(event) => {
              const chosen = channelNames.find((name) => name === event.target.value);
              if (chosen) setChannel(chosen);
            }}
          >
            {channelNames.map((name) => (
              <option key={name} value={name}>
                {channels[name].label}
              </option>
            ))}
          </select>
        </label>
        <label>
          {hints[knownBy]}
          <input
            value={identity}
            placeholder={examples[knownBy]}
            autoComplete="off"
            onChange={(event) => setIdentity(event.target.value)}
          />
        </label>
        <button type="submit">Ring</button>
      </form>
    </section>
  );
}
