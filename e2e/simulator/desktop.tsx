import { useState, useSyncExternalStore } from 'react';
import { createRoot } from 'react-dom/client';
import { connectCloud } from './cloud-link.ts';
import { hidesPanel, openEngagements } from './contact-center.ts';
import { createDesk, type Desk } from './desk.ts';
import { DeskHeader } from './desk-header.tsx';
import { EngagementList } from './engagement-list.tsx';
import { EngagementPane } from './engagement-pane.tsx';
import { IncomingBanner } from './incoming-banner.tsx';
import { PanelFrame } from './panel-frame.tsx';
import { RingForm } from './ring-form.tsx';
import type { Built, DesktopSettings } from './start-simulator.ts';
import { playStory, type Story, stories } from './stories.ts';

function Desktop({ desk, panelUrl }: { desk: Desk; panelUrl: string }) {
  const state = useSyncExternalStore(desk.subscribe, desk.getState);
  const { center } = state;
  const [chosenStory, setChosenStory] = useState<Story | null>(null);
  const play = (story: Story) => {
    setChosenStory(story);
    void playStory(desk, story);
  };
  const open = openEngagements(center);
  return (
    <>
      <DeskHeader desk={desk} state={state} onPlay={play} />
      <aside className="sidebar">
        <EngagementList center={center} act={desk.act} />
        <RingForm onRing={desk.ring} />
      </aside>
      <main className="middle">
        <IncomingBanner center={center} act={desk.act} />
        <EngagementPane key={center.focusedId} center={center} desk={desk} />
        {open.length === 0 && <Welcome onPlay={play} />}
        {chosenStory && open.length > 0 && (
          <p className="story-note">
            <strong>{chosenStory.name}.</strong> {chosenStory.description}
          </p>
        )}
      </main>
      <PanelFrame key={state.panelLoads} desk={desk} panelUrl={panelUrl} isHidden={hidesPanel(center)} />
    </>
  );
}

function Welcome({ onPlay }: { onPlay(story: Story): void }) {
  return (
    <section className="welcome" aria-label="Welcome">
      <h2>No engagement yet</h2>
      <p>
        This page stands in for Zoom Contact Center; the panel on the right is the real app. Play a story, answer it,
        and watch the panel find the customer. All people here are invented.
      </p>
      <ul className="story-cards">
        {stories.map((story) => (
          <li key={story.name}>
            <button type="button" className="story-card" onClick={() => onPlay(story)}>
              <strong>{story.name}</strong>
              <span>{story.description}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

async function openDesktop(root: HTMLElement): Promise<void> {
  const response = await fetch('/settings');
  const { panelUrl, agents }: DesktopSettings = await response.json();
  const [first, ...others] = agents;
  if (!first) throw new Error('Nobody works here');
  const desk = createDesk([first, ...others]);
  connectCloud(desk);
  new EventSource('/builds').onmessage = ({ data }: MessageEvent<Built>) => {
    if (data === 'desktop') location.reload();
    else desk.reloadPanel();
  };
  createRoot(root).render(<Desktop desk={desk} panelUrl={panelUrl} />);
}

const root = document.getElementById('root');
if (root) void openDesktop(root);
