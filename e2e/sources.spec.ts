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
  const card = desktop.panel.getByRole('region', { name: 'Customer' });
  await expect(card).toContainText('Directory ·');
  await expect(card).toContainText('Salesforce ·');
  await expect(card).toContainText('Shown as one customer: same name');
  await expect(card).toContainText(/Pho Sen Vang Co. Ltd\s*Salesforce/);
  const cases = desktop.panel.getByRole('region', { name: 'Cases' });
  await expect(cases).toContainText('Renewal of the business line');
  await expect(cases).toContainText('Đổi gói cước');
  await desktop.panel.getByRole('button', { name: 'why?' }).click();
  const why = desktop.panel.getByRole('region', { name: 'Why this match' });
  await expect(why).toContainText('(028) 3822 0000 (Directory)');
  await expect(why).toContainText('+84 28 3822 0000 (Salesforce)');
  await expect(why).toContainText(/HubSpot\s*nobody/);
});

test('candidates › several sources › show all their records; a choice links all records', async ({ desktop }) => {
  await desktop.play('two people on one number');
  await desktop.answer();
  await expect(desktop.title).toHaveText('2 possible customers');
  const candidates = desktop.panel.getByRole('region', { name: 'Possible customers' }).getByRole('listitem');
  await expect(candidates).toHaveCount(2);
  await expect(candidates.nth(0)).toContainText(/Directory · .*Salesforce · /);
  await expect(candidates.nth(0)).toContainText('Whitlock Antiques');
  await expect(candidates.nth(1)).toContainText(/Directory · .*Dynamics · /);
  await desktop.resizePanel(320);
  for (const candidate of await candidates.all()) {
    // An overflowing candidate would cover the next one's button.
    expect(await candidate.evaluate((element) => element.scrollWidth - element.clientWidth)).toBeLessThanOrEqual(0);
  }
  await desktop.panel.getByRole('button', { name: 'Link', exact: true }).nth(0).click();
  await expect(desktop.title).toHaveText('Eleanor Whitlock');
  const cases = desktop.panel.getByRole('region', { name: 'Cases' });
  await expect(cases).toContainText('Shop line out of order');
  await expect(cases).toContainText('Charged twice in October');
  await desktop.panel.getByRole('button', { name: 'Undo' }).click();
  await expect(desktop.title).toHaveText('2 possible customers');
});

test('customer card › refresh › reads the records again', async ({ desktop }) => {
  await desktop.play('inbound voice, known customer');
  await desktop.answer();
  const card = desktop.panel.getByRole('region', { name: 'Customer' });
  await expect(card).toContainText(/Salesforce · (?:[1-9]\d?s|\dm)/, { timeout: 60_000 });
  await desktop.panel.getByRole('button', { name: 'Read again' }).click();
  await expect(card).toContainText('Salesforce · 0s');
});

test('customer card › a record is opened › opens in its own system through Zoom', async ({ desktop, page }) => {
  await desktop.play('inbound voice, known customer');
  await desktop.answer();
  const opened = page.context().waitForEvent('page');
  await desktop.panel.getByRole('button', { name: 'Open in Salesforce', exact: true }).click();
  expect((await opened).url()).toMatch(/\/lightning\/r\/|salesforce|127\.0\.0\.1/);
});

test('customer card › a slow CRM › is shown at once and completed later', async ({ desktop }) => {
  await desktop.play('slow CRM');
  await desktop.answer();
  await expect(desktop.title).toHaveText('Hannah Brooks');
  await expect(desktop.main).toHaveAttribute('data-state', 'ready');
  const cases = desktop.panel.getByRole('region', { name: 'Cases' });
  await expect(cases).not.toContainText('Refund for the missed visit');
  await expect(desktop.panel.getByText('Still looking in Zendesk')).toBeVisible({ timeout: 8_000 });
  await expect(cases).toContainText('Refund for the missed visit', { timeout: 60_000 });
  await expect(desktop.panel.getByRole('button', { name: 'Open in Zendesk', exact: true })).toBeVisible();
});

test('customer card › a failed CRM › is one line with Retry, other sources are complete', async ({ desktop }) => {
  await desktop.play('dead CRM');
  await desktop.answer();
  await expect(desktop.title).toHaveText('Marcus Webb');
  await expect(desktop.panel.getByText('Salesforce did not answer.')).toBeVisible();
  await expect(desktop.panel.getByRole('region', { name: 'Cases' })).toContainText('Wants a second line');
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
  const details = desktop.panel.getByRole('region', { name: 'Details' });
  await expect(details).toContainText('Date of birth');
  await expect(details).not.toContainText('1984');
  await desktop.panel.getByRole('button', { name: 'Verify caller' }).click();
  const dialog = desktop.panel.getByRole('dialog', { name: 'How did you make sure who is calling?' });
  await dialog.getByRole('radio', { name: 'One-time code' }).check();
  await dialog.getByRole('button', { name: 'Caller is verified' }).click();
  await expect(details).toContainText('1984-07-19');
  await expect(desktop.panel.getByText(/Verified by you now: One-time code/)).toBeVisible();
});
