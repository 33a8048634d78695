/*
 * The panel while Zoom or the server is slow or down: it stays accessible and recovers. A foreign host plays what the
 * simulator cannot.
 */
import type { Page } from '@playwright/test';
import { expectAccessible } from './expect-accessible.ts';
import { expect, strangersCustomers, test } from './foreign-hosts/fixtures.ts';
import { mintAppContext } from './foreign-hosts/mint-app-context.ts';
import { engagementOf, expectCard, type Opening, openPanel, type Surroundings } from './foreign-hosts/open-panel.ts';
import { startDeskside } from './start-deskside.ts';

const narrowest = 280;

const call = engagementOf('Voice_A', 'voice', '', { consumerNumber: '+14155550111' });

async function openNarrow(page: Page, of: Pick<Surroundings, 'deskside'>, opening: Partial<Opening> = {}) {
  await page.setViewportSize({ width: narrowest, height: 720 });
  return openPanel(page, of, { transport: 'webview2', engagements: [call], ...opening });
}

test('panel › Zoom’s app context is slow › is accessible while it looks up, then shows the card', async ({
  page,
  surroundings,
}) => {
  const { deskside } = surroundings;
  let answer = () => {};
  const willAnswer = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const appContext = async () => {
    await willAnswer;
    return mintAppContext({ ...deskside, uid: 'agent-of-slow-client' });
  };
  const opened = await openNarrow(page, surroundings, { appContext });
  await expect(opened.panel.getByRole('heading', { level: 1 })).toHaveText('Looking up the customer');
  await expectAccessible(opened);
  await expect(opened.panel.getByText('Still looking in Directory')).toBeVisible();
  await expect(opened.panel.getByRole('main')).toHaveAttribute('data-state', 'loading');
  answer();
  await expectCard(opened, call.engagementId, 'Vera Voice');
});

test('panel › a client without flow variables › is accessible and says so', async ({ page, surroundings }) => {
  const unsupportedApis = ['getEngagementVariableValue', 'onEngagementVariableValueChange'];
  const opened = await openNarrow(page, surroundings, { unsupportedApis });
  await expectCard(opened, call.engagementId, 'Vera Voice');
  await expect(opened.panel.getByText(/case numbers the caller entered are not seen/)).toBeVisible();
  await expectAccessible(opened);
});

test('panel › outside Zoom › is accessible', async ({ page, surroundings }) => {
  await page.setViewportSize({ width: narrowest, height: 720 });
  await page.goto(surroundings.deskside.url);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Open Deskside in Zoom Contact Center');
  await expectAccessible({ page, panel: page });
});

test('panel › a host that does not answer › is accessible', async ({ page, surroundings }) => {
  const { deskside, listed } = surroundings;
  await page.setViewportSize({ width: narrowest, height: 720 });
  await page.goto(`${listed.origin}/?${new URLSearchParams({ frame: deskside.url, width: String(narrowest) })}`);
  const panel = page.frameLocator('iframe');
  await expect(panel.getByRole('main')).toHaveAttribute('data-state', 'error', { timeout: 60_000 });
  await expectAccessible({ page, panel });
});

test('panel › sign-in refused › is accessible and says so; Retry signs in again', async ({
  page,
  surroundings,
  expectConsoleError,
}) => {
  expectConsoleError(/Failed to load resource.*40[13]/);
  const { deskside } = surroundings;
  let clientSecret = 'not-the-secret-of-this-app';
  const appContext = () => mintAppContext({ ...deskside, clientSecret, uid: 'agent-forged' });
  const opened = await openNarrow(page, surroundings, { appContext });
  await expect(opened.panel.getByText(/Zoom did not confirm who you are/)).toBeVisible();
  await expect(opened.panel.getByRole('main')).toHaveAttribute('data-state', 'error');
  await expectAccessible(opened);
  clientSecret = deskside.clientSecret;
  await opened.panel.getByRole('button', { name: 'Retry' }).click();
  await expectCard(opened, call.engagementId, 'Vera Voice');
});

test('panel › the server is down during a look-up › is accessible; Retry works once it is back', async ({
  page,
  expectConsoleError,
}) => {
  // It has a server of its own to start, twice.
  test.slow();
  expectConsoleError(/Failed to load resource/);
  const deskside = await startDeskside({ frameAncestors: "'self'", customers: strangersCustomers });
  try {
    const opened = await openNarrow(page, { deskside }, { engagements: [] });
    await expect(opened.panel.getByRole('main')).toHaveAttribute('data-state', 'idle');
    await deskside.interrupt();
    await page.evaluate((engagement) => {
      window.stranger.add(engagement);
      window.stranger.open(engagement.engagementId);
    }, call);
    await expect(opened.panel.getByRole('main')).toHaveAttribute('data-state', 'error', { timeout: 60_000 });
    await expect(opened.panel.getByText('No connection to Deskside. Check your network.')).toBeVisible();
    await expectAccessible(opened);
    await deskside.resume();
    await opened.panel.getByRole('button', { name: 'Retry' }).click();
    await expectCard(opened, call.engagementId, 'Vera Voice');
  } finally {
    await deskside.stop();
  }
});

test('panel › parts that load on use have gone since a deploy › a line stands in their place, the card stays', async ({
  page,
  surroundings,
  expectConsoleError,
}) => {
  expectConsoleError(/Failed to load resource|dynamically imported module/);
  const chunks = /\/assets\/(match-evidence|help-dialog|reveal-dialog)-/;
  await page.route(chunks, (route) => route.fulfill({ status: 404 }));
  const opened = await openNarrow(page, surroundings);
  const { panel } = opened;
  await expectCard(opened, call.engagementId, 'Vera Voice');
  const line = panel.getByText('This part could not be loaded.');
  await panel.getByRole('button', { name: 'Reveal' }).click();
  await expect(line).toHaveCount(1);
  await panel.getByRole('button', { name: 'Why?' }).click();
  await expect(line).toHaveCount(2);
  await panel.getByRole('button', { name: 'Help and shortcuts' }).click();
  await expect(line).toHaveCount(3);
  await expectCard(opened, call.engagementId, 'Vera Voice');
  await expectAccessible(opened);
  await page.unroute(chunks);
  const evidence = panel.getByRole('main').getByRole('button', { name: 'Retry' });
  await evidence.first().click();
  await expect(panel.getByRole('region', { name: 'Why this match' })).toBeVisible();
});

test('panel › reduced motion preferred › has no animation', async ({ page, surroundings }) => {
  const countAnimations = () =>
    page.evaluate(() => document.getAnimations().filter(({ playState }) => playState === 'running').length);
  const never = new Promise<never>(() => undefined);
  await openNarrow(page, surroundings, { appContext: () => never });
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Looking up the customer');
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  expect(await countAnimations()).toBeGreaterThan(0);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  expect(await countAnimations()).toBe(0);
});
