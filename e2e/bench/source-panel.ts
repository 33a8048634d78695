import { join } from 'node:path';
import type { Browser, Frame } from '@playwright/test';
import type { FakeCustomer } from '../../server/connectors/conformance/fake-crm-server.ts';
import { mintAppContext } from '../simulator/app-context.ts';
import type { CrmName } from '../simulator/crms/crm-names.ts';
import { startCrms } from '../simulator/crms/start-crms.ts';
import { app } from './app.ts';
import { benchPhone } from './bench-customers.ts';
import { endEngagement, focusEngagement, openAtOnce, openPanel, type PaintHost, waitUntilPainted } from './paint.ts';
import { originOf, startServer } from './run-node.ts';
import { applyFailures, type Condition } from './source-failures.ts';

/** ms from the SDK's event. `whole`: until the last record of the customer is painted with its cases. */
export type CardTimes = { holders: readonly CrmName[]; painted: number; whole: number };

/** One condition: five CRMs, a server of its own that knows them beside its directory, and the panel of one agent. */
export type SourcePanel = {
  condition: Condition;
  /**
   * A new engagement of a customer that no look-up has seen. Rejects unless the card shows the cases of `count`
   * sources.
   */
  arrive(holders: readonly CrmName[], count?: number): Promise<CardTimes>;
  beginFailures(): void;
  /** The card's status messages, as an agent reads them. */
  readStatus(): Promise<string[]>;
  stop(): Promise<void>;
};

type Parts = { host: PaintHost; browser: Browser; folder: string };

/** Nine panels that look at every frame would be half the machine's work. */
const pollMs = 50;

let customerCount = 0;

const caseSubject = 'Router keeps restarting';

export async function startSourcePanel(parts: Parts, condition: Condition, index: number): Promise<SourcePanel> {
  const { host, browser, folder } = parts;
  const crms = await startCrms(join(folder, `sources-${index}.json`));
  const server = await startServer({
    FRAME_ANCESTORS: host.origin,
    DATABASE_URL: `sqlite:${join(folder, `deskside-${index}.db`)}`,
    ...crms.environment,
  });
  applyFailures(crms.fakes, []);
  const mint = () => mintAppContext({ ...app, uid: 'bench-agent', now: Date.now() });
  const { page, frame } = await openPanel(browser, host, `${originOf(server)}/`, mint);
  await frame.evaluate(paintRecorder);
  const failWithCard = async () => {
    throw new Error(`The card (${condition.name}) does not become whole: ${await frame.innerText('main')}`);
  };
  const open: string[] = [];

  return {
    condition,
    async arrive(holders, count = holders.length) {
      customerCount += 1;
      const phone = benchPhone(customerCount);
      const customer = describeCustomer(customerCount, phone);
      for (const name of holders) crms.fakes.get(name)?.put(customer);
      const id = `E-sources-${Date.now()}-${customerCount}.${phone.slice(1)}`;
      open.push(id);
      const sent = await focusEngagement(page, id);
      const painted = await waitUntilPainted(frame, id, pollMs);
      const whole = await waitUntilWhole(frame, id, count).catch(failWithCard);
      const oldest = open.length > openAtOnce ? open.shift() : undefined;
      if (oldest !== undefined) await endEngagement(page, oldest);
      return { holders, painted: painted - sent, whole: whole - sent };
    },
    beginFailures: () => applyFailures(crms.fakes, condition.failures),
    readStatus: () => frame.locator('main [role="status"]:visible').allInnerTexts(),
    async stop() {
      await page.context().close();
      server.child.kill();
      await crms.stop();
    },
  };
}

/** Has a value of every kind that a card shows, so that a source is queried for all of it. */
function describeCustomer(number: number, phone: string): FakeCustomer {
  const now = Date.now();
  return {
    name: `Person ${number} Example`,
    phones: [phone],
    emails: [`person.${number}@bench.example`],
    company: `Company ${number} Example`,
    tier: 'Gold',
    cases: [{ subject: caseSubject, status: 'open', priority: 'high', updatedAt: now - 3_600_000 }],
    interactions: [{ at: now - 86_400_000, channel: 'voice', summary: 'Asked about the invoice' }],
  };
}

/** When the focused card showed the cases of `count` sources, in ms since the epoch. */
async function waitUntilWhole(frame: Frame, id: string, count: number): Promise<number> {
  const whole = await frame.waitForFunction(
    ([engagementId, least]) => {
      const times = (window as unknown as { wholeTimes: Record<string, number[]> }).wholeTimes[engagementId] ?? [];
      return times.find((time, sources) => time !== undefined && sources >= least);
    },
    [id, count] as const,
    { timeout: 10_000, polling: pollMs },
  );
  return (await whole.jsonValue()) ?? Number.NaN;
}

/**
 * As `paintRecorder`: for each engagement the times at which its card was painted with the cases of 1, 2, … sources.
 */
const paintRecorder = `(() => {
  window.wholeTimes = {};
  new MutationObserver(() => {
    const main = document.querySelector('main[data-engagement-id][data-state="ready"]');
    if (!main) return;
    const sources = main.innerText.split(${JSON.stringify(caseSubject)}).length - 1;
    const times = (window.wholeTimes[main.dataset.engagementId] ??= []);
    if (sources === 0 || sources < times.length) return;
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => { times[sources] ??= performance.timeOrigin + performance.now(); };
      channel.port2.postMessage(0);
    });
  }).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
})()`;
