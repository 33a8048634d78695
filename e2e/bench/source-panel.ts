import { join } from 'node:path';
import type { Browser, Frame } from '@playwright/test';
import type { FakeCustomer } from '../../server/connectors/conformance/fake-crm-server.ts';
import { mintAppContext } from '../simulator/app-context.ts';
import type { CrmName } from '../simulator/crms/crm-names.ts';
import { startCrms } from '../simulator/crms/start-crms.ts';
import type { App } from './app.ts';
import { benchPhone } from './bench-customers.ts';
import { endEngagement, focusEngagement, openAtOnce, openPanel, type PaintHost, waitUntilPainted } from './paint.ts';
import { originOf, startNode } from './run-node.ts';
import { begin, type Condition } from './source-troubles.ts';

/** ms from the SDK's event. `whole`: until the last of the customer's records has come, its cases included. */
export type CardTimes = { holders: readonly CrmName[]; painted: number; whole: number };

/** One condition: five CRMs, a server of its own that knows them beside its directory, and the panel of one agent. */
export type SourcePanel = {
  condition: Condition;
  /** A new engagement of somebody whom nobody was asked for before. Rejects unless `told` sources tell a case of it. */
  arrive(holders: readonly CrmName[], told?: number): Promise<CardTimes>;
  beginTroubles(): void;
  /** What the card says beside its content, as an agent reads it. */
  readStatus(): Promise<string[]>;
  stop(): Promise<void>;
};

type Parts = { app: App; host: PaintHost; browser: Browser; folder: string };

/** Nine panels that look at every frame would be half the machine's work. */
const pollMs = 50;

let persons = 0;

const caseSubject = 'Router keeps restarting';

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
    throw new Error(`The card (trouble: ${condition.name}) does not become whole: ${await frame.innerText('main')}`);
  };
  const open: string[] = [];

  return {
    condition,
    async arrive(holders, told = holders.length) {
      persons += 1;
      const phone = benchPhone(persons);
      const person = describePerson(persons, phone);
      for (const name of holders) crms.fakes.get(name)?.put(person);
      const id = `E-sources-${Date.now()}-${persons}.${phone.slice(1)}`;
      open.push(id);
      const sent = await focusEngagement(page, id);
      const painted = await waitUntilPainted(frame, id, pollMs);
      const whole = await waitUntilWhole(frame, id, told).catch(failWithCard);
      const oldest = open.length > openAtOnce ? open.shift() : undefined;
      if (oldest !== undefined) await endEngagement(page, oldest);
      return { holders, painted: painted - sent, whole: whole - sent };
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
    cases: [{ subject: caseSubject, status: 'open', priority: 'high', updatedAt: now - 3_600_000 }],
    interactions: [{ at: now - 86_400_000, channel: 'voice', summary: 'Asked about the invoice' }],
  };
}

/** When the cases of so many sources were on the card in front, in ms since the epoch. */
async function waitUntilWhole(frame: Frame, id: string, count: number): Promise<number> {
  const whole = await frame.waitForFunction(
    ([engagementId, least]) => {
      const times = (window as unknown as { told: Record<string, number[]> }).told[engagementId] ?? [];
      return times.find((time, sources) => time !== undefined && sources >= least);
    },
    [id, count] as const,
    { timeout: 10_000, polling: pollMs },
  );
  return (await whole.jsonValue()) ?? Number.NaN;
}

/** As `paintWitness`: for each engagement when its card was painted with the case of one source, of two, … */
const recordWitness = `(() => {
  window.told = {};
  new MutationObserver(() => {
    const main = document.querySelector('main[data-engagement-id][data-state="ready"]');
    if (!main) return;
    const sources = main.innerText.split(${JSON.stringify(caseSubject)}).length - 1;
    const times = (window.told[main.dataset.engagementId] ??= []);
    if (sources === 0 || sources < times.length) return;
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => { times[sources] ??= performance.timeOrigin + performance.now(); };
      channel.port2.postMessage(0);
    });
  }).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
})()`;
