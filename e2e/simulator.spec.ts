import { findViolations } from './expect-accessible.ts';
import { expect, test } from './fixtures.ts';
import { agents } from './simulator/agents.ts';
import { stories } from './simulator/stories.ts';
import { storyPeople } from './simulator/story-people.ts';

const headings: Record<string, string | RegExp> = {
  'inbound voice, known customer': storyPeople.knownCaller.name,
  'two people on one number': 'Who is calling?',
  'nobody found': storyPeople.strangers.phones[0],
  'web chat with e-mail': storyPeople.webChatVisitor.name,
  'case number from the flow': storyPeople.caseHolder.name,
  'three chats at once': storyPeople.threeChats[0].name,
  'warm transfer': storyPeople.texter.name,
  'slow CRM': storyPeople.slowCrm.name,
  'dead CRM': storyPeople.deadCrm.name,
  'old client': storyPeople.knownCaller.name,
  'withheld number': 'Number withheld',
};

test('simulator › every story › has an expected heading', () => {
  expect(stories.map(({ name }) => name)).toEqual(Object.keys(headings));
});

for (const [story, heading] of Object.entries(headings)) {
  test(`simulator › story “${story}” › the panel shows its heading`, async ({ desktop }) => {
    await desktop.play(story);
    await desktop.answer();
    await expect(desktop.panel.getByRole('heading', { level: 1 })).toHaveText(heading);
  });
}

test('simulator › an engagement rings › the panel does not know it', async ({ desktop }) => {
  await expect(desktop.main).toHaveAttribute('data-state', 'idle');
  await desktop.play('inbound voice, known customer');
  await expect(desktop.list.getByRole('button')).toBeDisabled();
  await expect(desktop.main).toHaveAttribute('data-state', 'idle');
  await desktop.decline();
  await expect(desktop.list.getByRole('button')).toHaveCount(0);
});

test('simulator › three chats, messages late and reordered › the panel shows the one in front', async ({ desktop }) => {
  await desktop.slowDown({ latency: 50, jitter: 150 });
  await desktop.play('three chats at once');
  for (const _ of storyPeople.threeChats) await desktop.answer();
  for (const { name, email } of [...storyPeople.threeChats, ...storyPeople.threeChats]) {
    await desktop.switchTo(email);
    await expect(desktop.panel.getByRole('heading', { level: 1 })).toHaveText(name);
  }
});

test('simulator › wrap-up and close › the card stays until the panel is hidden, and the next engagement shows again', async ({
  desktop,
}) => {
  await desktop.ring({ channel: 'whatsapp', number: storyPeople.whatsAppWriter.phone });
  await desktop.answer();
  const heading = desktop.panel.getByRole('heading', { level: 1 });
  await expect(heading).toHaveText(storyPeople.whatsAppWriter.name);
  await desktop.end();
  await expect(heading).toHaveText(storyPeople.whatsAppWriter.name);
  await desktop.close();
  await expect(desktop.main).toBeHidden();
  await desktop.ring({ channel: 'video', email: storyPeople.videoCaller.email });
  await desktop.answer();
  await expect(heading).toHaveText(storyPeople.videoCaller.name);
});

test('simulator › a case number arrives during the call › its customer is found', async ({ desktop }) => {
  await desktop.play('nobody found');
  await desktop.answer();
  await expect(desktop.panel.getByRole('heading', { level: 1 })).toHaveText(storyPeople.strangers.phones[0]);
  await desktop.setVariable('Custom.case_number', storyPeople.caseHolder.caseNumber);
  await expect(desktop.panel.getByText(storyPeople.caseHolder.name).first()).toBeVisible();
});

test('simulator › the panel restarts › shows the engagement in front', async ({ desktop }) => {
  await desktop.ring({ channel: 'email', email: storyPeople.emailSender.email });
  await desktop.answer();
  const heading = desktop.panel.getByRole('heading', { level: 1 });
  await expect(heading).toHaveText(storyPeople.emailSender.name);
  await desktop.reloadPanel();
  await expect(heading).toHaveText(storyPeople.emailSender.name);
});

test('simulator › another agent › has a separate desk', async ({ desktop }) => {
  await desktop.play('inbound voice, known customer');
  await desktop.answer();
  await expect(desktop.main).toHaveAttribute('data-state', 'ready');
  await desktop.signInAs(agents[1].name);
  await expect(desktop.list.getByRole('button')).toHaveCount(0);
  await expect(desktop.main).toHaveAttribute('data-state', 'idle');
  await desktop.signInAs(agents[0].name);
  await expect(desktop.panel.getByRole('heading', { level: 1 })).toHaveText(storyPeople.knownCaller.name);
});

test('simulator › a warm transfer › rings at the other desk under the same id and ends with the sender in wrap-up', async ({
  desktop,
}) => {
  await desktop.play('inbound voice, known customer');
  await desktop.answer();
  await expect(desktop.main).toHaveAttribute('data-state', 'ready');
  const id = (await desktop.main.getAttribute('data-engagement-id')) ?? 'none';
  await desktop.transferTo(agents[1].name, 'warm');
  await desktop.signInAs(agents[1].name);
  await expect(desktop.main).toHaveAttribute('data-state', 'idle');
  await desktop.answer();
  await expect(desktop.main).toHaveAttribute('data-engagement-id', id);
  await desktop.signInAs(agents[0].name);
  await expect(desktop.list.getByText('Wrap-up')).toBeVisible();
});

test('simulator › a transfer is declined › stays with its sender', async ({ desktop }) => {
  await desktop.play('nobody found');
  await desktop.answer();
  await desktop.transferTo('Billing', 'warm');
  await desktop.signInAs(agents[1].name);
  await desktop.decline();
  await desktop.signInAs(agents[0].name);
  await expect(desktop.list.getByText('Active')).toBeVisible();
  await desktop.unhold();
  await desktop.mute();
  await desktop.pressKeys('12#');
  await desktop.unmute();
  await desktop.end();
  await desktop.dispose('Resolved');
  await desktop.note('Calls back tomorrow');
  await desktop.close();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`simulator in ${colorScheme} › the desktop › is accessible`, async ({ desktop }) => {
    await desktop.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    expect(await findViolations(desktop.page, {})).toEqual([]);
    await desktop.play('three chats at once');
    await desktop.answer();
    expect(await findViolations(desktop.page, {})).toEqual([]);
    await desktop.end();
    expect(await findViolations(desktop.page, {})).toEqual([]);
  });

  test(`simulator in ${colorScheme} › every dialog and menu of the desktop › is accessible`, async ({ desktop }) => {
    await desktop.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await desktop.play('nobody found');
    await desktop.answer();
    await desktop.hold();
    for (const drawer of ['Keypad', 'Transfer']) {
      await desktop.page.getByRole('button', { name: drawer, exact: true }).click();
      expect(await findViolations(desktop.page, {})).toEqual([]);
    }
    await desktop.page.getByText(/^Cloud/).click();
    expect(await findViolations(desktop.page, {})).toEqual([]);
  });
}
