import { useState } from 'react';
import { DeliveryMenu } from './delivery-menu.tsx';
import type { Desk, DeskState } from './desk.ts';
import { timeSpellings } from './sdk-view.ts';
import { type Story, stories } from './stories.ts';

type Theme = 'system' | 'light' | 'dark';

export function DeskHeader({ desk, state, onPlay }: { desk: Desk; state: DeskState; onPlay(story: Story): void }) {
  const [chosen, setChosen] = useState<string>(stories[0]?.name ?? '');
  const story = stories.find(({ name }) => name === chosen);
  return (
    <header className="desk-header">
      <h1>
        <span className="mark" aria-hidden="true">
          ◐
        </span>
        Contact Center <small>simulated</small>
      </h1>
      <form
        className="inline"
        onSubmit={(event) => {
          event.preventDefault();
          if (story) onPlay(story);
        }}
      >
        <label>
          Story
          <select value={chosen} onChange={(event) => setChosen(event.target.value)}>
            {stories.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <button type="submit" className="primary" title={story?.description}>
          Play
        </button>
      </form>
      <div className="inline end">
        <DeliveryMenu desk={desk} delivery={state.delivery} />
        <BehaviorMenu desk={desk} state={state} />
        <ThemePicker />
        <label>
          Agent
          <select
            value={state.center.agent.id}
            onChange={(event) => {
              const agent = state.agents.find(({ id }) => id === event.target.value);
              if (agent) desk.signIn(agent);
            }}
          >
            {state.agents.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </div>
    </header>
  );
}

function ThemePicker() {
  const [theme, setTheme] = useState<Theme>('system');
  const choose = (next: Theme) => {
    setTheme(next);
    document.documentElement.style.colorScheme = next === 'system' ? '' : next;
  };
  return (
    <label>
      Theme
      <select value={theme} onChange={(event) => choose(event.target.value as Theme)}>
        <option value="system">System</option>
        <option value="light">Light</option>
        <option value="dark">Dark</option>
      </select>
    </label>
  );
}

function BehaviorMenu({ desk, state }: { desk: Desk; state: DeskState }) {
  const { latency, jitter, startTime } = state.behavior;
  return (
    <details className="menu">
      <summary>Client {state.clientVersion}</summary>
      <div className="menu-body">
        <p>How the simulated Zoom client speaks to the panel.</p>
        <label>
          Latency, ms
          <input
            type="number"
            min={0}
            max={20_000}
            value={latency}
            onChange={(event) => desk.behave({ latency: event.target.valueAsNumber || 0 })}
          />
        </label>
        <label>
          Jitter, ms
          <input
            type="number"
            min={0}
            max={20_000}
            value={jitter}
            onChange={(event) => desk.behave({ jitter: event.target.valueAsNumber || 0 })}
          />
        </label>
        <label>
          startTime as
          <select
            value={startTime}
            onChange={(event) => {
              const spelling = timeSpellings.find((one) => one === event.target.value);
              if (spelling) desk.behave({ startTime: spelling });
            }}
          >
            {timeSpellings.map((spelling) => (
              <option key={spelling}>{spelling}</option>
            ))}
          </select>
        </label>
      </div>
    </details>
  );
}
