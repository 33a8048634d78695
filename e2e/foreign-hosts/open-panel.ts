import { expect, type FrameLocator, type Page } from '@playwright/test';
import type { Deskside } from '../start-deskside.ts';
import { mintAppContext } from './mint-app-context.ts';
import type { ServedPage } from './serve-page.ts';
import { installStranger, type Stranger, type StrangerEngagement, type Transport } from './stranger.ts';

export type Surroundings = { deskside: Deskside; listed: ServedPage; unlisted: ServedPage };

type Opened = { page: Page; panel: Page | FrameLocator };

export type Opening = {
  transport: Transport;
  engagements: StrangerEngagement[];
  /** Another page framed beside the panel. */
  beside?: string;
  /** Zoom's user id of the agent; absent: somebody new. */
  agent?: string;
  /** Absent: one as Zoom gives it. */
  appContext?: () => string | Promise<string>;
  unsupportedApis?: string[];
};

/** The page with the stranger in it and the panel inside its first engagement. */
export async function openPanel(
  page: Page,
  { deskside, listed }: Pick<Surroundings, 'deskside'> & Partial<Surroundings>,
  { transport, engagements, beside, unsupportedApis = [], ...who }: Opening,
): Promise<Opened> {
  const uid = who.agent ?? `agent-${Math.random().toString(36).slice(2)}`;
  await page.exposeFunction('appContext', who.appContext ?? (() => mintAppContext({ ...deskside, uid })));
  await page.addInitScript(installStranger, transport);
  await page.addInitScript(
    ([known, missing]) => {
      if (window !== window.top) return;
      window.stranger.unsupportedApis = missing;
      for (const engagement of known) window.stranger.add(engagement);
      if (known[0]) window.stranger.open(known[0].engagementId);
    },
    [engagements, unsupportedApis] as const,
  );
  if (transport !== 'frame' || listed === undefined) {
    await page.goto(deskside.url);
    return { page, panel: page };
  }
  const query = new URLSearchParams({ frame: deskside.url, ...(beside !== undefined && { beside }) });
  await page.goto(`${listed.origin}/?${query}`);
  return { page, panel: page.frameLocator('iframe >> nth=0') };
}

export const engagementOf = (id: string, channel: string, source: string, consumer: Record<string, string>) =>
  ({ engagementId: id, status: { channel, source, consumers: [consumer] } }) satisfies StrangerEngagement;

export async function controlHost<Name extends 'add' | 'open' | 'change' | 'replay'>(
  page: Page,
  name: Name,
  ...given: Parameters<Stranger[Name]>
): Promise<void> {
  await page.evaluate(
    ([verb, args]) => {
      (window.stranger[verb as Name] as (...all: unknown[]) => void)(...(args as unknown[]));
    },
    [name, given] as const,
  );
}

export async function expectCard({ panel }: Opened, engagementId: string, title: string): Promise<void> {
  await expect(panel.getByRole('main')).toHaveAttribute('data-engagement-id', engagementId);
  await expect(panel.getByRole('main')).toHaveAttribute('data-state', 'ready');
  await expect(panel.getByRole('heading', { level: 1 })).toHaveText(title);
}
