/*
 * The panel without a mouse: only answering is the host's, and done there. The keys go through the browser, so what is
 * reached is what an agent would reach.
 */
import type { Locator } from '@playwright/test';
import type { Desktop } from './desktop.ts';
import { expect, test } from './foreign-hosts/fixtures.ts';
import { controlHost, engagementOf, expectCard, openPanel } from './foreign-hosts/open-panel.ts';
import { storyPeople } from './simulator/story-people.ts';

async function answerByKeyboard(desktop: Desktop, story: string): Promise<void> {
  await desktop.page.emulateMedia({ colorScheme: 'dark' });
  await desktop.resizePanel(280);
  await desktop.play(story);
  await desktop.answer();
  await expect(desktop.main).toHaveAttribute('data-state', 'ready');
  await desktop.page.locator('iframe').focus();
}

/** Presses Tab until it is reached, as somebody does who cannot point. */
async function tabTo(desktop: Desktop, target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  const isReached = () => target.evaluate((one) => one === document.activeElement);
  for (let presses = 0; presses < 30 && !(await isReached()); presses += 1) await desktop.page.keyboard.press(key);
  await expect(target).toBeFocused();
  expect(await target.evaluate((one) => one.matches(':focus-visible'))).toBe(true);
}

test('keyboard › why, a candidate’s number, u › shows the evidence, links, undoes', async ({ desktop }) => {
  const { panel, page } = desktop;
  await answerByKeyboard(desktop, 'two people on one number');
  await tabTo(desktop, panel.getByRole('button', { name: 'Why?' }));
  await page.keyboard.press('Enter');
  await expect(panel.getByRole('region', { name: 'Why this match' })).toBeVisible();
  await page.keyboard.press('1');
  await expect(desktop.title).toHaveText('Eleanor Whitlock');
  await page.keyboard.press('u');
  await expect(desktop.title).toHaveText('Who is calling?');
  await page.keyboard.press('2');
  await expect(desktop.title).toHaveText('Arthur Whitlock');
});

test('keyboard › Tab and Enter › link, unlink and undo', async ({ desktop }) => {
  const { panel, page } = desktop;
  const press = async (name: string, at = 0) => {
    await tabTo(desktop, panel.getByRole('button', { name, exact: true }).nth(at));
    await page.keyboard.press('Enter');
  };
  await answerByKeyboard(desktop, 'two people on one number');
  await press('Choose', 1);
  await expect(desktop.title).toHaveText('Arthur Whitlock');
  await press('Undo');
  await expect(desktop.title).toHaveText('Who is calling?');
  await press('Choose');
  await expect(desktop.title).toHaveText('Eleanor Whitlock');
  await press('Not this person?');
  await expect(panel.getByRole('searchbox')).toBeFocused();
  await press('Nobody of these');
  await expect(desktop.title).not.toHaveText('Eleanor Whitlock');
  await expect(desktop.title).toBeFocused();
  await press('Undo');
  await expect(desktop.title).toHaveText('Eleanor Whitlock');
});

test('keyboard › a search is typed › its result can be linked, its letters and digits are no shortcuts', async ({
  desktop,
}) => {
  const { panel, page } = desktop;
  await answerByKeyboard(desktop, 'two people on one number');
  await tabTo(desktop, panel.getByRole('button', { name: 'Search customers' }));
  await page.keyboard.press('Enter');
  const field = panel.getByRole('searchbox');
  await expect(field).toBeFocused();
  await page.keyboard.type('1u2');
  await expect(field).toHaveValue('1u2');
  await expect(desktop.title).toHaveText('Who is calling?');
  await field.selectText();
  await page.keyboard.type('Dominic Reyes');
  await page.keyboard.press('Enter');
  await tabTo(desktop, panel.getByRole('list', { name: 'Search results' }).getByRole('button', { name: 'Choose' }));
  await page.keyboard.press('Enter');
  await expect(desktop.title).toHaveText(storyPeople.caseHolder.name);
  await page.keyboard.press('u');
  await expect(desktop.title).toHaveText('Who is calling?');
});

test('keyboard › a reveal › arrows choose the reason and the focus returns', async ({ desktop }) => {
  const { panel, page } = desktop;
  const dialog = panel.getByRole('dialog');
  await answerByKeyboard(desktop, 'inbound voice, known customer');
  await tabTo(desktop, panel.getByRole('button', { name: 'Reveal' }));
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('radio', { name: 'Verify the caller' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await expect(panel.getByRole('button', { name: 'Reveal' })).toBeFocused();

  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowDown');
  await expect(dialog.getByRole('radio', { name: 'Call back' })).toBeChecked();
  await tabTo(desktop, dialog.getByRole('button', { name: 'Reveal' }));
  await page.keyboard.press('Enter');
  await expect(panel.getByText('anh.nguyen@pho-sen-vang.example')).toBeVisible();
  await expect(panel.getByRole('button', { name: 'Hide' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(panel.getByText('anh.nguyen@pho-sen-vang.example')).toHaveCount(0);
  await expect(panel.getByRole('button', { name: 'Reveal' })).toBeFocused();
});

test('focus › a new customer › stays where it is, in the panel and in the host', async ({ desktop }) => {
  const { page, panel } = desktop;
  const note = page.getByRole('form', { name: 'Ring yourself' }).getByLabel('Number');
  await desktop.play('nobody found');
  await desktop.answer();
  await expect(desktop.title).toHaveText(storyPeople.strangers.phones[0]);
  await panel.getByRole('searchbox').focus();
  await desktop.play('three chats at once');
  await desktop.answer();
  await note.focus();
  await expect(desktop.title).toHaveText(storyPeople.threeChats[0].name);
  await expect(note).toBeFocused();
  expect(await panel.locator('body').evaluate(() => document.activeElement?.tagName)).toBe('BODY');
});

test('focus › a new engagement and a changed view during typing › stays in the input', async ({
  page,
  surroundings,
}) => {
  const stranger = engagementOf('Typing_1', 'messaging', 'messaging_webChat', { consumerDisplayName: 'visitor' });
  const other = engagementOf('Typing_2', 'voice', '', { consumerNumber: '+14155550111' });
  const opened = await openPanel(page, surroundings, { transport: 'webview2', engagements: [stranger, other] });
  await expectCard(opened, 'Typing_1', 'visitor');
  const field = page.getByRole('searchbox');
  await field.focus();
  await page.keyboard.type('Emil');
  await controlHost(page, 'change', 'Typing_2', { state: 'active', consumers: other.status.consumers });
  await expect(page.getByRole('list', { name: 'Other conversations' }).getByRole('listitem')).toHaveCount(2);
  await page.keyboard.type(' E');
  await controlHost(page, 'change', 'Typing_1', { consumers: [{ consumerEmail: 'chika@contoso.example' }] });
  await expect(page.getByRole('button', { name: 'Show', exact: true })).toBeVisible();
  await page.keyboard.type('mail');
  await expect(field).toBeFocused();
  await expect(field).toHaveValue('Emil Email');
  await expectCard(opened, 'Typing_1', 'chika@contoso.example');
});
