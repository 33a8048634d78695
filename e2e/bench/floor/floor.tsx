/**
 * The least that can do the panel's job, as the measure of what the panel adds: React, Query and Zoom's SDK, one event,
 * one fetch where the card is not known yet, one text swapped. No sign-in, no matching, no design.
 */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import zoomSdk from '@zoom/appssdk';
import { useSyncExternalStore } from 'react';
import { createRoot } from 'react-dom/client';

type Card = { id: string; text: string };

const cards = new Map<string, Card>();
const listeners = new Set<() => void>();
const queryClient = new QueryClient();
let shown: Card | undefined;

function show(card: Card): void {
  shown = card;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

async function focus(id: string): Promise<void> {
  const known = cards.get(id);
  if (known) {
    show(known);
    return;
  }
  const answer = await fetch(`/view?phone=${encodeURIComponent(phoneOf(id))}`);
  const card = { id, text: await answer.text() };
  cards.set(id, card);
  show(card);
}

/** The bench's engagement ids carry the caller's number, so that the floor needs no second call of the SDK. */
function phoneOf(id: string): string {
  return `+${id.split('.')[1] ?? ''}`;
}

function Page() {
  const card = useSyncExternalStore(subscribe, () => shown);
  return (
    <main data-engagement-id={card?.id ?? ''} data-state={card ? 'ready' : 'idle'}>
      <h1>{card?.text ?? 'Nobody'}</h1>
    </main>
  );
}

await zoomSdk.config({ capabilities: ['onEngagementContextChange'], version: '0.16' });
zoomSdk.onEngagementContextChange((event) => void focus(event.engagementContext.engagementId));

const root = document.querySelector('#root');
if (root) {
  createRoot(root).render(
    <QueryClientProvider client={queryClient}>
      <Page />
    </QueryClientProvider>,
  );
}
