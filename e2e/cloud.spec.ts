import type { Desktop } from './desktop.ts';
import { expect, test } from './fixtures.ts';
import { agents } from './simulator/agents.ts';
import type { Delivery } from './simulator/cloud/delivery.ts';
import { storyPeople } from './simulator/story-people.ts';

const [mina, omar] = agents;

test('panel › hold and mute › strip and timeline show them without a request', async ({ desktop }) => {
  await beginCall(desktop);
  await desktop.hold();
  await expect(stripOf(desktop)).toContainText('On hold');
  await expect.poll(() => timelineOf(desktop), patience).toContain('On hold Mina Park');
  await desktop.mute();
  await expect(stripOf(desktop)).toContainText('muted');
  await desktop.unhold();
  await expect(stripOf(desktop)).not.toContainText('On hold');
  await expect.poll(() => timelineOf(desktop), patience).toContain('On hold … Mina Park');
});

test('prefetch › a call is answered after it rang › its look-up is already done', async ({
  desktop,
  contactCenter,
}) => {
  const views = async () => {
    const metrics = await readMetrics(contactCenter.panelUrl);
    return {
      prefetched: metrics('deskside_views_total{prefetched="true"}'),
      requested: metrics('deskside_views_total{prefetched="false"}'),
    };
  };
  const before = await views();
  const stored = await countStored(contactCenter.panelUrl);
  await desktop.ring({ channel: 'voice', number: storyPeople.knownCaller.phone });
  await expect.poll(() => countStored(contactCenter.panelUrl)).toBeGreaterThanOrEqual(stored + 4);
  await desktop.answer();
  await expect(desktop.title).toHaveText(storyPeople.knownCaller.name);
  // The stream may bring the card before the panel's own question, which is what is counted, is answered.
  await expect.poll(async () => (await views()).prefetched, patience).toBeGreaterThan(before.prefetched);
  expect((await views()).requested).toBe(before.requested);
});

test('hand-over › a warm transfer › shows sender, hold time and note', async ({ desktop }) => {
  await beginCall(desktop);
  await desktop.note('Wants the price by Friday');
  await desktop.transferTo(omar.name, 'warm');
  await desktop.signInAs(omar.name);
  await desktop.answer();
  const handOver = desktop.panel.getByRole('region', { name: 'Hand-over' });
  await expect(handOver).toContainText(`Warm transfer from ${mina.name}`);
  await expect(handOver).toContainText('Wants the price by Friday');
  await expect.poll(() => timelineOf(desktop), patience).toContain(`${omar.name} took the call`);
});

test('timeline › events duplicated, late, reordered or by WebSocket › is the same', async ({ desktop }) => {
  test.setTimeout(90_000);
  const prompt = await playHistory(desktop, {});
  expect(prompt).toContain('Note Mina Park Asked twice');
  const unreliable: Partial<Delivery> = { isDoubled: true, isReordered: true, late: 300 };
  for (const delivery of [
    unreliable,
    { ...untroubled, transport: 'WebSocket' as const },
    { transport: 'both' as const },
  ]) {
    expect(await playHistory(desktop, delivery, prompt), JSON.stringify(delivery)).toEqual(prompt);
  }
});

test('timeline › a lost event is retried by Zoom › has one line for it', async ({ desktop }) => {
  await beginCall(desktop);
  await desktop.deliver({ lost: 'once' });
  await desktop.hold();
  await expect.poll(() => timelineOf(desktop), { timeout: 60_000 }).toContain('On hold Mina Park');
  expect((await timelineOf(desktop)).filter((line) => line.startsWith('On hold'))).toHaveLength(1);
});

test('panel › the WebSocket is down › says so at once, and the timeline afterwards', async ({
  desktop,
  contactCenter,
}) => {
  test.setTimeout(60_000);
  const isHeard = async () => (await readMetrics(contactCenter.panelUrl))('deskside_socket_connected') === 1;
  await beginCall(desktop);
  await expect.poll(isHeard).toBe(true);
  await desktop.cutWebSocket();
  await expect.poll(isHeard).toBe(false);
  const gap = desktop.panel.getByRole('region', { name: 'This call' }).getByText('We lost Zoom at');
  await expect(gap).toBeVisible(patience);
  await expect(stripOf(desktop)).toContainText('Reconnecting…');
  await expect.poll(isHeard, { timeout: 60_000 }).toBe(true);
  await expect(gap).toBeHidden(patience);
  await expect(stripOf(desktop)).not.toContainText('Reconnecting…');
  await expect.poll(() => timelineOf(desktop), patience).toContainEqual(expect.stringMatching('We lost Zoom'));
});

test('panel › the server is down › says so, and has missed nothing afterwards', async ({
  desktop,
  contactCenter,
  expectConsoleError,
}) => {
  test.setTimeout(90_000);
  expectConsoleError(/Failed to load resource|ERR_|fetch/);
  await beginCall(desktop);
  await expect(stripOf(desktop)).not.toContainText(notLive);
  await contactCenter.interruptDeskside();
  try {
    await expect(stripOf(desktop)).toContainText(notLive, { timeout: 60_000 });
    await desktop.hold();
    await desktop.note('Said while the server was away');
  } finally {
    await contactCenter.resumeDeskside();
  }
  await expect(stripOf(desktop)).not.toContainText(notLive, { timeout: 60_000 });
  await expect
    .poll(() => timelineOf(desktop), { timeout: 60_000 })
    .toEqual(expect.arrayContaining(['On hold Mina Park', 'Note Mina Park Said while the server was away']));
});

/** From the desktop over the cloud to the panel, on a machine that has other things to do. */
const patience = { timeout: 60_000 };
const untroubled: Partial<Delivery> = { isDoubled: false, isReordered: false, late: 0 };
const notLive = /offline|Reconnecting|connecting/;
const stripOf = ({ panel }: Desktop) => panel.getByRole('banner');

async function beginCall(desktop: Desktop): Promise<void> {
  await desktop.ring({ channel: 'voice', number: storyPeople.knownCaller.phone });
  await desktop.answer();
  await expect(desktop.main).toHaveAttribute('data-state', 'ready');
  await expect.poll(() => timelineOf(desktop), patience).toContain('Answered Mina Park');
}

/** The same things happen each time. Answers the timeline, once it is what it should be. */
async function playHistory(desktop: Desktop, delivery: Partial<Delivery>, expected?: string[]): Promise<string[]> {
  await desktop.deliver(delivery);
  await desktop.ring({ channel: 'voice', number: storyPeople.knownCaller.phone });
  await desktop.answer();
  await expect(desktop.main).toHaveAttribute('data-state', 'ready');
  await desktop.hold();
  await desktop.unhold();
  await desktop.mute();
  await desktop.unmute();
  await desktop.pressKeys('12');
  await desktop.note('Asked twice');
  await desktop.end();
  await desktop.dispose('Resolved');
  const timeline = expect.poll(() => timelineOf(desktop), { timeout: 60_000 });
  await (expected ? timeline.toEqual(expected) : timeline.toContain('Disposition: Resolved Mina Park'));
  const lines = await timelineOf(desktop);
  await desktop.close();
  return lines;
}

/** The lines of the timeline, newest first, without times and durations. */
async function timelineOf(desktop: Desktop): Promise<string[]> {
  const region = await desktop.unfold('This call');
  const all = region.getByRole('button', { name: /^Show all/ });
  // Lines come and go meanwhile: nothing waits for one that was there a moment ago.
  if (await all.isVisible()) await all.click({ timeout: 1_000 }).catch(() => {});
  return region.getByRole('listitem').evaluateAll((items) =>
    items.map((item) => {
      const copy = item.cloneNode(true) as Element;
      for (const time of copy.querySelectorAll('time')) time.remove();
      const parts = [...copy.childNodes].flatMap((node) => [...node.childNodes].map((part) => part.textContent ?? ''));
      return parts
        .map((text) => text.trim().replace(/\d+:\d+(:\d+)?/, '…'))
        .filter((text) => text !== '')
        .join(' ');
    }),
  );
}

async function readMetrics(panelUrl: string): Promise<(name: string) => number> {
  const text = await (await fetch(`${panelUrl}/metrics`)).text();
  const values = new Map(text.split('\n').map((line) => line.split(' ') as [string, string]));
  return (name) => Number(values.get(name) ?? 0);
}

async function countStored(panelUrl: string): Promise<number> {
  return (await readMetrics(panelUrl))('deskside_intake_events_total{origin="webhook",outcome="stored"}');
}
