import { useEffect, useRef, useState } from 'react';
import { type Bridge, createBridge, type HostMessage } from './bridge.ts';
import type { Desk } from './desk.ts';
import { listAppVariables } from './flow-variables.ts';
import { connectFrame } from './frame-link.ts';
import { createTimeSpeller } from './sdk-view.ts';

const widths = [280, 320, 360, 400, 480, 640];
const limits = { min: 280, max: 900 };

/** The app's webview: one for all engagements of the agent. Another `key` is another webview. */
export function PanelFrame({ desk, panelUrl, isHidden }: { desk: Desk; panelUrl: string; isHidden: boolean }) {
  const frame = useRef<HTMLIFrameElement>(null);
  const [address, setAddress] = useState<string>();
  const [width, setWidth] = useState(readWidth);

  useEffect(() => {
    if (!frame.current) return;
    const disconnect = connectPanel({ desk, frame: frame.current, origin: new URL(panelUrl).origin });
    // Only now: the app speaks as soon as it is loaded, and somebody must be there to hear it.
    setAddress(panelUrl);
    return disconnect;
  }, [desk, panelUrl]);

  const resize = (next: number) => {
    const within = Math.min(limits.max, Math.max(limits.min, Math.round(next)));
    setWidth(within);
    sessionStorage.setItem('panel-width', String(within));
  };
  return (
    <aside className="panel" style={{ width }} aria-label="App panel">
      <ResizeHandle width={width} onResize={resize} />
      <div className="panel-bar">
        <strong>Deskside</strong>
        <span className="grow" />
        <label>
          Width
          <select value={width} onChange={(event) => resize(Number(event.target.value))}>
            {[...new Set([...widths, width])]
              .toSorted((one, other) => one - other)
              .map((px) => (
                <option key={px} value={px}>
                  {px} px
                </option>
              ))}
          </select>
        </label>
        <button type="button" className="quiet" title="As if Zoom had restarted the app" onClick={desk.reloadPanel}>
          Reload panel
        </button>
      </div>
      {isHidden && (
        <p className="panel-hidden">
          With its last engagement Zoom hides the app. It keeps running, unseen, for the next.
        </p>
      )}
      <iframe ref={frame} title="Deskside" src={address} allow="clipboard-write" className={isHidden ? 'hidden' : ''} />
    </aside>
  );
}

function ResizeHandle({ width, onResize }: { width: number; onResize(width: number): void }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that is dragged is a widget; <hr> is not one.
    <div
      className="resize"
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label="Panel width"
      aria-valuenow={width}
      aria-valuemin={limits.min}
      aria-valuemax={limits.max}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) onResize(window.innerWidth - event.clientX);
      }}
      onKeyDown={(event) => {
        if (event.key === 'ArrowLeft') onResize(width + 20);
        if (event.key === 'ArrowRight') onResize(width - 20);
      }}
    />
  );
}

function connectPanel(of: { desk: Desk; frame: HTMLIFrameElement; origin: string }): () => void {
  const { desk } = of;
  const link = connectFrame({
    frame: of.frame,
    origin: of.origin,
    delay: () => desk.getState().behavior,
    receive: (message) => void bridge.receive(message),
  });
  const bridge: Bridge = createBridge({
    clientVersion: desk.getState().clientVersion,
    center: () => desk.getState().center,
    appVariables: () => listAppVariables(desk.getState().center.engagements.flatMap(({ variables }) => variables)),
    mintAppContext: () => mintAppContext(desk.getState().center.agent.id),
    openUrl: openInBrowser,
    send: (message: HostMessage) => link.send(message),
    now: Date.now,
    spellTime: createTimeSpeller(() => desk.getState().behavior.startTime),
  });
  const stopNotifying = desk.onCenterChange(bridge.notify);
  return () => {
    stopNotifying();
    link.disconnect();
  };
}

async function mintAppContext(agentId: string): Promise<string> {
  const response = await fetch(`/app-context?agent=${encodeURIComponent(agentId)}`, { method: 'POST' });
  if (!response.ok) throw new Error(`The simulator's server answered ${response.status}`);
  const { context }: { context: string } = await response.json();
  return context;
}

/** Only what a browser should open; a `javascript:` address would run in this page. */
function openInBrowser(url: string): void {
  const parsed = URL.parse(url);
  if (parsed?.protocol === 'https:' || parsed?.protocol === 'http:') window.open(parsed, '_blank', 'noopener');
}

function readWidth(): number {
  return Number(sessionStorage.getItem('panel-width')) || 360;
}
