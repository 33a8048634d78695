/*
 * The customer of the engagement, and the state that a switch between engagements preserves. Most specs use the
 * simulator; a foreign host plays what it cannot: two agents on one engagement, the end of an engagement in the
 * background.
 */
import type { FrameLocator, Page } from '@playwright/test';
import type { Desktop } from './desktop.ts';
import { expect, test } from './foreign-hosts/fixtures.ts';
import { controlHost, engagementOf, expectCard, openPanel } from './foreign-hosts/open-panel.ts';
import { storyPeople } from './simulator/story-people.ts';

const { knownCaller, caseHolder, strangers, threeChats } = storyPeople;

const button = ({ panel }: { panel: Page | FrameLocator }, name: string) =>
  panel.getByRole('button', { name, exact: true });
const conversations = (page: Page) => page.getByRole('list', { name: 'Other conversations' }).getByRole('listitem');
const why = ({ panel }: { panel: Page | FrameLocator }) => panel.getByRole('button', { name: 'Why?' });

/** Scroll position of the shown card, px; scrolls to `px` first where given. */
function scrolledBy({ panel }: { panel: Page | FrameLocator }, px?: number): Promise<number> {
  return panel.getByRole('heading', { level: 1 }).evaluate((heading, wanted) => {
    let scroller = heading.parentElement;
    while (scroller && getComputedStyle(scroller).overflowY !== 'auto') scroller = scroller.parentElement;
    if (wanted !== undefined) scroller?.scrollTo(0, wanted);
    return scroller?.scrollTop ?? -1;
  }, px);
}

async function answerChats(desktop: Desktop): Promise<void> {
  await desktop.play('three chats at once');
  for (const { name } of threeChats) {
    await desktop.answer();
    await expect(desktop.title).toHaveText(name);
  }
}

test('match › two customers share the number › links neither; the evidence names both', async ({ desktop }) => {
  await desktop.play('two people on one number');
  await desktop.answer();
  await expect(desktop.title).toHaveText('Who is calling?');
  await expect(button(desktop, 'Not this person?')).toHaveCount(0);
  await desktop.reloadPanel();
  await expect(desktop.title).toHaveText('Who is calling?');
  await expect(desktop.panel.getByRole('region', { name: 'Possible customers' }).getByRole('listitem')).toHaveCount(2);
  await why(desktop).click();
  await expect(desktop.panel.getByRole('region', { name: 'Why this match' })).toContainText(
    'Belongs toEleanor Whitlock and Arthur Whitlock',
  );
});

test('link › the panel restarts after a choice › stays; undo shows both candidates again', async ({ desktop }) => {
  await desktop.play('two people on one number');
  await desktop.answer();
  await button(desktop, 'Choose').nth(1).click();
  await expect(desktop.title).toHaveText('Arthur Whitlock');
  await desktop.reloadPanel();
  await expect(desktop.title).toHaveText('Arthur Whitlock');
  await expect(desktop.panel.getByText('Chosen by an agent')).toBeVisible();
  await button(desktop, 'Undo').click();
  await expect(desktop.title).toHaveText('Who is calling?');
  await desktop.reloadPanel();
  await expect(desktop.title).toHaveText('Who is calling?');
});

test('link › another agent opens the engagement › is the same', async ({ page, surroundings }) => {
  const shared = engagementOf('Shared_1', 'voice', '', { consumerNumber: '+14155550115' });
  const opening = { transport: 'webview2' as const, engagements: [shared] };
  const first = await openPanel(page, surroundings, { ...opening, agent: 'agent-one' });
  await expectCard(first, 'Shared_1', 'Who is calling?');
  await button(first, 'Choose').nth(1).click();
  await expectCard(first, 'Shared_1', 'Dora Double');
  const another = await page.context().newPage();
  const second = await openPanel(another, surroundings, { ...opening, agent: 'agent-two' });
  await expectCard(second, 'Shared_1', 'Dora Double');
});

test('match › a case number arrives late › is offered and not shown', async ({ desktop }) => {
  await desktop.play('inbound voice, known customer');
  await desktop.answer();
  await expect(desktop.title).toHaveText(knownCaller.name);
  await desktop.setVariable('Custom.case_number', caseHolder.caseNumber);
  await expect(desktop.panel.getByText(/^The case number the caller entered belongs to /)).toBeVisible();
  await expect(desktop.title).toHaveText(knownCaller.name);
  await button(desktop, 'Show').click();
  await expect(desktop.title).toHaveText(caseHolder.name);
});

test('panel › a slow client › shows the card’s placeholder first', async ({ desktop }) => {
  await desktop.play('inbound voice, known customer');
  await desktop.answer();
  await expect(desktop.title).toHaveText(knownCaller.name);
  // A new panel: the view that Zoom's events have already produced would be shown without a request.
  await desktop.slowDown({ latency: 1_500, jitter: 0 });
  await desktop.reloadPanel();
  await expect(desktop.main).toHaveAttribute('data-state', 'loading');
  await expect(desktop.title).toHaveText('Looking up the customer');
  await expect(desktop.title).toHaveText(knownCaller.name, { timeout: 60_000 });
  await expect(desktop.main).toHaveAttribute('data-state', 'ready');
});

test('screen reader › a new customer › is announced', async ({ desktop }) => {
  const announcement = desktop.panel.getByRole('status').first();
  await expect(announcement).toBeEmpty();
  await desktop.play('inbound voice, known customer');
  await desktop.answer();
  await expect(announcement).toHaveText(`Customer: ${knownCaller.name}, Phở Sen Vàng`);
  await desktop.play('two people on one number');
  await desktop.answer();
  await expect(announcement).toHaveText('Who is calling?');
  await desktop.play('nobody found');
  await desktop.answer();
  await expect(announcement).toHaveText(strangers.phones[0]);
  await desktop.switchTo(knownCaller.phone);
  await expect(announcement).toHaveText(`Customer: ${knownCaller.name}, Phở Sen Vàng`);
});

test('panel › a switch between engagements › preserves scroll position, open evidence and search text', async ({
  desktop,
}) => {
  const [amara, jonas, yui] = threeChats;
  const evidence = desktop.panel.getByRole('region', { name: 'Why this match' });
  const field = desktop.panel.getByRole('searchbox');
  await desktop.page.setViewportSize({ width: 1280, height: 440 });
  await answerChats(desktop);

  await desktop.switchTo(amara.email);
  await expect(desktop.title).toHaveText(amara.name);
  await why(desktop).click();
  expect(await scrolledBy(desktop, 70)).toBe(70);
  await desktop.switchTo(jonas.email);
  await expect(desktop.title).toHaveText(jonas.name);
  await button(desktop, 'Search customers').first().click();
  await field.pressSequentially('half a na');
  await field.press('ArrowLeft');
  await desktop.switchTo(yui.email);
  await expect(desktop.title).toHaveText(yui.name);
  await expect(evidence.or(field)).toHaveCount(0);
  expect(await scrolledBy(desktop)).toBe(0);

  await desktop.switchTo(jonas.email);
  await expect(field).toHaveValue('half a na');
  expect(await field.evaluate((input: HTMLInputElement) => input.selectionStart)).toBe(8);
  await expect(evidence).toHaveCount(0);
  await desktop.switchTo(amara.email);
  await expect(evidence).toBeVisible();
  await expect(field).toHaveCount(0);
  expect(await scrolledBy(desktop)).toBe(70);
});

test('panel › ten quick switches › shows the last engagement', async ({ desktop }) => {
  await answerChats(desktop);
  await desktop.slowDown({ latency: 120, jitter: 0 });
  for (let times = 0; times < 10; times += 1) await desktop.switchTo(threeChats[times % 2]?.email ?? '');
  await desktop.switchTo(threeChats[2].email);
  await expect(desktop.title).toHaveText(threeChats[2].name);
  await expect(desktop.panel.locator('[aria-current]')).toHaveText(new RegExp(threeChats[2].name));
  const inFront = await desktop.page.locator('dt:text-is("Engagement ID") + dd').textContent();
  await expect(desktop.main).toHaveAttribute('data-engagement-id', inFront ?? '');
});

test('panel › an engagement in the background ends › the shown one does not change', async ({ page, surroundings }) => {
  const call = engagementOf('Front_1', 'voice', '', { consumerNumber: '+14155550111' });
  const text = engagementOf('Behind_1', 'messaging', 'messaging_sms', { consumerNumber: '+14155550112' });
  await page.setViewportSize({ width: 280, height: 400 });
  const opened = await openPanel(page, surroundings, { transport: 'webview2', engagements: [text, call] });
  await expectCard(opened, 'Behind_1', 'Samir Sms');
  await controlHost(page, 'open', 'Front_1');
  await expectCard(opened, 'Front_1', 'Vera Voice');
  await expect(conversations(page)).toHaveCount(2);

  await button(opened, 'Reveal').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Reveal' }).click();
  const revealed = page.getByText('vera@northwind.example');
  await expect(revealed).toBeVisible();
  await why(opened).click();
  await page.getByRole('region', { name: 'Why this match' }).waitFor();
  await button(opened, 'Search customers').first().click();
  const field = page.getByRole('searchbox');
  await expect(field).toBeFocused();
  await page.keyboard.type('half a na');
  expect(await scrolledBy(opened, 50)).toBe(50);

  await controlHost(page, 'change', 'Behind_1', { state: 'wrap-up' });
  await controlHost(page, 'change', 'Behind_1', { state: 'end', endTime: 1_760_000_900 });
  await expect(conversations(page)).toHaveCount(0);
  expect(await scrolledBy(opened)).toBe(50);
  await expect(revealed).toBeVisible();
  await expect(page.getByRole('region', { name: 'Why this match' })).toBeVisible();
  await page.keyboard.type('me');
  await expect(field).toHaveValue('half a name');
  await expectCard(opened, 'Front_1', 'Vera Voice');
});
