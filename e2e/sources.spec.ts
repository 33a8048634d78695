import { test as base, expect } from './fixtures.ts';
import { type ContactCenterHost, startContactCenter } from './start-contact-center.ts';

/** The directory and the five CRMs, all at once. */
const test = base.extend<object, { contactCenter: ContactCenterHost }>({
  contactCenter: [
    async ({ browserName: _ }, use) => {
      const host = await startContactCenter({ hasCrms: true });
      await use(host);
      await host.stop();
    },
    { scope: 'worker', timeout: 180_000 },
  ],
});

test('customer card › one customer in two sources › names both and shows where they differ', async ({ desktop }) => {
  await desktop.play('inbound voice, known customer');
  await desktop.answer();
  await expect(desktop.title).toHaveText('Nguyễn Thị Ánh');
  const sources = desktop.panel.getByRole('region', { name: 'Sources' });
  await expect(sources).toContainText(/^Directory, Salesforce · \d+s ago/);
  await sources.getByRole('button', { expanded: false }).click();
  await expect(sources).toContainText('Same name, phone and e-mail in both systems.');
  const card = desktop.panel.getByRole('region', { name: 'Customer' });
  await card.getByRole('button', { name: 'Another company in another system' }).click();
  await expect(card).toContainText('Salesforce says: Pho Sen Vang Co. Ltd');
  const cases = desktop.panel.getByRole('region', { name: 'Open cases' });
  await expect(cases).toContainText('Renewal of the business line');
  await expect(cases).toContainText('Đổi gói cước');
  await desktop.panel.getByRole('button', { name: 'Why?' }).click();
  const why = desktop.panel.getByRole('region', { name: 'Why this match' });
  await expect(why).toContainText('(028) 3822 0000 (Directory)');
  await expect(why).toContainText('+84 28 3822 0000 (Salesforce)');
  await expect(why).toContainText(/HubSpot\s*not found/);
});

test('candidates › several sources › show all their records; a choice links all records', async ({ desktop }) => {
  await desktop.play('two people on one number');
  await desktop.answer();
  await expect(desktop.title).toHaveText('Who is calling?');
  const candidates = desktop.panel.getByRole('region', { name: 'Possible customers' }).getByRole('listitem');
  await expect(candidates).toHaveCount(2);
  await expect(candidates.nth(0)).toContainText('Whitlock Antiques');
  await expect(desktop.panel.getByRole('region', { name: 'Sources' })).toContainText('3 sources');
  await desktop.resizePanel(320);
  for (const candidate of await candidates.all()) {
    // An overflowing candidate would cover the next one's button.
    expect(await candidate.evaluate((element) => element.scrollWidth - element.clientWidth)).toBeLessThanOrEqual(0);
  }
  await desktop.panel.getByRole('button', { name: 'Choose', exact: true }).nth(0).click();
  await expect(desktop.title).toHaveText('Eleanor Whitlock');
  const cases = desktop.panel.getByRole('region', { name: 'Open cases' });
  await expect(cases).toContainText('Shop line out of order');
  await expect(cases).toContainText('Charged twice in October');
  await desktop.panel.getByRole('button', { name: 'Undo' }).click();
  await expect(desktop.title).toHaveText('Who is calling?');
});

test('customer card › refresh › reads the records again', async ({ desktop }) => {
  await desktop.play('inbound voice, known customer');
  await desktop.answer();
  const sources = desktop.panel.getByRole('region', { name: 'Sources' });
  await expect(sources).toContainText(/Salesforce · (?:[1-9]\d?s|\dm) ago/, { timeout: 60_000 });
  await desktop.panel.getByRole('button', { name: 'Refresh' }).click();
  await expect(sources).toContainText('Salesforce · 0s ago');
});

test('customer card › a record is opened › opens in its own system through Zoom', async ({ desktop, page }) => {
  await desktop.play('inbound voice, known customer');
  await desktop.answer();
  const opened = page.context().waitForEvent('page');
  const sources = desktop.panel.getByRole('region', { name: 'Sources' });
  await sources.getByRole('button', { expanded: false }).click();
  await sources.getByRole('button', { name: 'Open in Salesforce', exact: true }).click();
  expect((await opened).url()).toMatch(/\/lightning\/r\/|salesforce|127\.0\.0\.1/);
});

test('customer card › a slow CRM › is shown at once and completed later', async ({ desktop }) => {
  await desktop.play('slow CRM');
  await desktop.answer();
  await expect(desktop.title).toHaveText('Hannah Brooks');
  await expect(desktop.main).toHaveAttribute('data-state', 'ready');
  const cases = desktop.panel.getByRole('region', { name: 'Open cases' });
  await expect(cases).not.toContainText('Refund for the missed visit');
  await expect(cases).toContainText('Asking Zendesk…');
  await expect(cases).toContainText('Refund for the missed visit', { timeout: 60_000 });
  await expect(desktop.panel.getByRole('region', { name: 'Sources' })).toContainText('Directory, Zendesk');
});

test('customer card › a failed CRM › is one line with Retry, other sources are complete', async ({ desktop }) => {
  await desktop.play('dead CRM');
  await desktop.answer();
  await expect(desktop.title).toHaveText('Marcus Webb');
  await expect(desktop.panel.getByText('Salesforce did not answer.')).toBeVisible();
  await expect(desktop.panel.getByRole('region', { name: 'Open cases' })).toContainText('Wants a second line');
  const retry = desktop.panel.getByRole('button', { name: 'Retry', exact: true });
  // So often in vain that the server leaves the CRM alone; who asks again by hand is answered all the same.
  for (let i = 0; i < 5; i += 1) {
    const answered = desktop.page.waitForResponse(/\/refresh$/);
    await retry.click();
    expect((await answered).ok()).toBe(true);
    await expect(retry).toBeEnabled();
  }
  await desktop.page.request.post(new URL('/crms', desktop.page.url()).href, {
    data: {},
    headers: { origin: new URL(desktop.page.url()).origin },
  });
  await retry.click();
  await expect(desktop.panel.getByText('Salesforce did not answer.')).toBeHidden({ timeout: 15_000 });
});

test('customer card › a sensitive value › is hidden until the agent gives a verification', async ({ desktop }) => {
  await desktop.play('slow CRM');
  await desktop.answer();
  const details = await desktop.unfold('Details');
  await expect(details).toContainText('Date of birth');
  await expect(details).not.toContainText('1984');
  await desktop.panel.getByRole('button', { name: 'Verify' }).click();
  const dialog = desktop.panel.getByRole('dialog', { name: 'How did you check?' });
  await dialog.getByRole('radio', { name: 'One-time code' }).check();
  await dialog.getByRole('button', { name: 'Mark as verified' }).click();
  await expect(details).toContainText('1984-07-19');
  await expect(desktop.panel.getByText('You verified them now (One-time code)')).toBeVisible();
});
