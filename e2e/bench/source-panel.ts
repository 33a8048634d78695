import { join } from 'node:path';
import type { Browser, Frame } from '@playwright/test';
import type { FakeCustomer } from '../../server/connectors/fake-crm-server.ts';
import { mintAppContext } from '../simulator/app-context.ts';
import type { CrmName } from '../simulator/crms/crm-names.ts';
import { startCrms } from '../simulator/crms/start-crms.ts';
import type { App } from './app.ts';
import { benchPhone } from './bench-customers.ts';
import { endEngagement, focusEngagement, openAtOnce, openPanel, type PaintHost, waitUntilPainted } from './paint.ts';
import { originOf, startNode } from './run-node.ts';
import { begin, type Condition } from './source-troubles.ts';

/** ms from the SDK's event. `all`: until the last of the customer's records is named. */
export type CardTimes = { holders: readonly CrmName[]; painted: number; all: number };

/** One condition: five CRMs, a server of its own that knows them beside its directory, and the panel of one agent. */
export type SourcePanel = {
  condition: Condition;
  /** A new engagement of somebody whom nobody was asked for before. Rejects unless `named` sources name a record of it. */
  arrive(holders: readonly CrmName[], named?: number): Promise<CardTimes>;
  beginTroubles(): void;
  /** What the card says beside its content, as an agent reads it. */
  readStatus(): Promise<string[]>;
  stop(): Promise<void>;
};

type Parts = { app: App; host: PaintHost; browser: Browser; folder: string };

/** Nine panels that look at every frame would be half the machine's work. */
const pollMs = 50;

let persons = 0;

export async function startSourcePanel(parts: Parts, condition: Condition, index: number): Promise<SourcePanel> {
  const { app, host, browser, folder } = parts;
  const crms = await startCrms(join(folder, `sources-${index}.json`));
  const server = await startNode(['--import', 'tsx', 'server/main.ts'], {
    ...{ PORT: '0', HOST: '127.0.0.1', LOG_LEVEL: 'info', FRAME_ANCESTORS: host.origin },
    DATABASE_URL: `sqlite:${join(folder, `deskside-${index}.db`)}`,
    ...{ ZOOM_CLIENT_ID: app.clientId, ZOOM_CLIENT_SECRET: app.clientSecret },
    ...crms.environment,
  });
  begin(crms.fakes, []);
  const mint = () => mintAppContext({ ...app, uid: 'bench-agent', now: Date.now() });
  const { page, frame } = await openPanel(browser, host, `${originOf(server)}/`, mint);
  await frame.evaluate(recordWitness);
  const failWithCard = async () => {
    throw new Error(
      `The card (trouble: ${condition.name}) does not name its sources: ${await frame.innerText('main')}`,
    );
  };
  const open: string[] = [];

  return {
    condition,
    async arrive(holders, named = holders.length) {
      persons += 1;
      const phone = benchPhone(persons);
      const person = describePerson(persons, phone);
      for (const name of holders) crms.fakes.get(name)?.put(person);
      const id = `E-sources-${Date.now()}-${persons}.${phone.slice(1)}`;
      open.push(id);
      const sent = await focusEngagement(page, id);
      const painted = await waitUntilPainted(frame, id, pollMs);
      const all = await waitUntilNamed(frame, id, named).catch(failWithCard);
      const oldest = open.length > openAtOnce ? open.shift() : undefined;
      if (oldest !== undefined) await endEngagement(page, oldest);
      return { holders, painted: painted - sent, all: all - sent };
    },
    beginTroubles: () => begin(crms.fakes, condition.troubles),
    readStatus: () => frame.locator('main [role="status"]:visible').allInnerTexts(),
    async stop() {
      await page.context().close();
      server.child.kill();
      await crms.stop();
    },
  };
}

/** With something of every kind that a card shows, so that a source is asked for all of it. */
function describePerson(number: number, phone: string): FakeCustomer {
  const now = Date.now();
  return {
    ...{ name: `Person ${number} Example`, phones: [phone], emails: [`person.${number}@bench.example`] },
    ...{ company: `Company ${number} Example`, tier: 'Gold' },
    cases: [{ subject: 'Router keeps restarting', status: 'open', priority: 'high', updatedAt: now - 3_600_000 }],
    interactions: [{ at: now - 86_400_000, channel: 'voice', summary: 'Asked about the invoice' }],
  };
}

/** When so many of the customer's records were named on the card in front, in ms since the epoch. */
async function waitUntilNamed(frame: Frame, id: string, count: number): Promise<number> {
  const named = await frame.waitForFunction(
    ([engagementId, least]) => {
      const times = (window as unknown as { named: Record<string, number[]> }).named[engagementId] ?? [];
      return times.find((time, records) => time !== undefined && records >= least);
    },
    [id, count] as const,
    { timeout: 10_000, polling: pollMs },
  );
  return (await named.jsonValue()) ?? Number.NaN;
}

/** As `paintWitness`: for each engagement when its card was painted with one record, with two, …: `Zendesk · 2s`. */
const recordWitness = `(() => {
  window.named = {};
  new MutationObserver(() => {
    const main = document.querySelector('main[data-engagement-id][data-state="ready"]');
    if (!main) return;
    const records = new Set(main.innerText.match(/(Salesforce|Zendesk|ServiceNow|HubSpot|Dynamics)(?= · )/g)).size;
    const times = (window.named[main.dataset.engagementId] ??= []);
    if (records === 0 || records < times.length) return;
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => { times[records] ??= performance.timeOrigin + performance.now(); };
      channel.port2.postMessage(0);
    });
  }).observe(document, { subtree: true, childList: true, attributes: true });
})()`;
