/* The panel's states in ordinary work, as narrow as Zoom makes it, in light and dark and in forced colours. */
import { createDesktop, type Desktop } from './desktop.ts';
import { expectAccessible, findViolations } from './expect-accessible.ts';
import { expect, test } from './fixtures.ts';
import { storyPeople } from './simulator/story-people.ts';
import { startContactCenter } from './start-contact-center.ts';

const narrowest = 280;

const press = ({ panel }: Desktop, name: string) => panel.getByRole('button', { name, exact: true }).first().click();

async function answerStory(desktop: Desktop, story: string): Promise<void> {
  await desktop.play(story);
  await desktop.answer();
  await expect(desktop.title).not.toHaveText(/Ready|Looking/);
}

async function linkHousehold(desktop: Desktop): Promise<void> {
  await answerStory(desktop, 'two people on one number');
  await press(desktop, 'Choose');
  await expect(desktop.title).toHaveText('Eleanor Whitlock');
}

/** `name`: of a consumer whom Zoom sends a moment after the engagement; until then the panel matches no customer. */
async function openWhy(desktop: Desktop, story: string, name?: string): Promise<void> {
  await answerStory(desktop, story);
  if (name !== undefined) await expect(desktop.title).toHaveText(name);
  await desktop.panel.getByRole('button', { name: 'Why?' }).click();
  await expect(desktop.panel.getByRole('region', { name: 'Why this match' })).toBeVisible();
}

async function search(desktop: Desktop, text: string): Promise<void> {
  const field = desktop.panel.getByRole('searchbox');
  await field.fill(text);
  await field.press('Enter');
  await expect(desktop.panel.getByText(/\d+ customers? found|No customer found/)).toBeVisible();
}

async function openReveal(desktop: Desktop): Promise<void> {
  await answerStory(desktop, 'inbound voice, known customer');
  await press(desktop, 'Reveal');
  await expect(desktop.panel.getByRole('dialog')).toBeVisible();
}

const states: Record<string, (desktop: Desktop) => Promise<void>> = {
  'waiting for the next engagement': ({ main }) => expect(main).toHaveAttribute('data-state', 'idle'),
  'a known customer': (desktop) => answerStory(desktop, 'inbound voice, known customer'),
  'why a customer matched': (desktop) => openWhy(desktop, 'inbound voice, known customer'),
  'why a claim matched': (desktop) => openWhy(desktop, 'web chat with e-mail', storyPeople.webChatVisitor.name),
  'two people on one number': (desktop) => answerStory(desktop, 'two people on one number'),
  'why nobody of two is linked': (desktop) => openWhy(desktop, 'two people on one number'),
  'a customer linked by the agent': linkHousehold,
  'a customer unlinked by the agent': async (desktop) => {
    await answerStory(desktop, 'inbound voice, known customer');
    await desktop.sayNotThisPerson();
    await expect(desktop.title).toHaveText(storyPeople.knownCaller.phone);
  },
  'an unknown customer': (desktop) => answerStory(desktop, 'nobody found'),
  'a withheld number': (desktop) => answerStory(desktop, 'withheld number'),
  'search results': async (desktop) => {
    await answerStory(desktop, 'nobody found');
    await search(desktop, 'Whitlock');
  },
  'a search without results, inside a card': async (desktop) => {
    await answerStory(desktop, 'inbound voice, known customer');
    await press(desktop, 'Search customers');
    await search(desktop, 'nobody@mail.example');
  },
  'the question why to reveal': openReveal,
  'the question why to reveal, not answered': async (desktop) => {
    await openReveal(desktop);
    await desktop.panel.getByRole('radio', { name: 'Something else' }).check();
    await desktop.panel.getByRole('dialog').getByRole('button', { name: 'Reveal' }).click();
    await expect(desktop.panel.getByRole('alert')).toBeVisible();
  },
  'revealed values': async (desktop) => {
    await openReveal(desktop);
    await desktop.panel.getByRole('dialog').getByRole('button', { name: 'Reveal' }).click();
    await expect(desktop.panel.getByText('anh.nguyen@pho-sen-vang.example')).toBeVisible();
  },
  'several open engagements': async (desktop) => {
    await answerStory(desktop, 'three chats at once');
    await desktop.answer();
    await desktop.answer();
    await expect(desktop.title).toHaveText(storyPeople.threeChats[2].name);
    await expect(desktop.panel.getByRole('list', { name: 'Other conversations' }).getByRole('listitem')).toHaveCount(3);
  },
  'a warm transfer': (desktop) => answerStory(desktop, 'warm transfer'),
  'a late match on offer': async (desktop) => {
    await answerStory(desktop, 'inbound voice, known customer');
    await desktop.setVariable('Custom.case_number', storyPeople.caseHolder.caseNumber);
    await expect(desktop.panel.getByRole('button', { name: 'Show', exact: true })).toBeVisible();
  },
  'wrap-up': async (desktop) => {
    await answerStory(desktop, 'case number from the flow');
    await desktop.end();
    await expect(desktop.panel.getByRole('banner').getByText('wrap-up')).toBeVisible();
  },
  'help and shortcuts': async (desktop) => {
    await press(desktop, 'Help and shortcuts');
    await expect(desktop.panel.getByRole('dialog')).toBeVisible();
  },
  'on hold, muted and noted': async (desktop) => {
    await answerStory(desktop, 'inbound voice, known customer');
    await desktop.hold();
    await desktop.mute();
    await desktop.note('Asks for the price list');
    await expect(desktop.panel.getByRole('banner')).toContainText(/On hold.*muted/);
    await expect(await desktop.unfold('This call')).toContainText('Asks for the price list');
  },
};

for (const [state, reach] of Object.entries(states)) {
  test(`panel at ${narrowest} px › ${state} › is accessible`, async ({ desktop }) => {
    await desktop.resizePanel(narrowest);
    await reach(desktop);
    await expectAccessible(desktop);
  });
}

test(`panel at ${narrowest} px › an old client › is accessible`, async ({ page }) => {
  test.setTimeout(60_000);
  // A server of its own: an old client shows what is open there, whichever test left it.
  const contactCenter = await startContactCenter();
  try {
    const desktop = createDesktop(page, contactCenter.url);
    await desktop.open();
    await desktop.resizePanel(narrowest);
    await desktop.deliver({ transport: 'none', hasFlowPosts: false });
    await desktop.play('old client');
    await expect(desktop.title).toHaveText(/^Update Zoom/);
    await expectAccessible(desktop);
  } finally {
    await page.close();
    await contactCenter.stop();
  }
});

for (const state of ['a known customer', 'two people on one number', 'a late match on offer', 'revealed values']) {
  test(`panel in forced colors › ${state} › is legible`, async ({ desktop }) => {
    await desktop.resizePanel(narrowest);
    await states[state]?.(desktop);
    await desktop.page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' });
    expect(await findViolations(desktop.panel)).toEqual([]);
    // A blank picture of this size has some 3 kB.
    expect((await desktop.main.screenshot()).byteLength).toBeGreaterThan(8_000);
  });
}
