/*
 * Masked values are absent from the page and the wire until they are revealed with a reason, and nothing personal is in
 * a URL or in the browser's storage at any time.
 */
import type { Page, Request } from '@playwright/test';
import type { Desktop } from './desktop.ts';
import { expect, test } from './fixtures.ts';
import { storyPeople } from './simulator/story-people.ts';

const { knownCaller, caseHolder, threeChats, webChatVisitor } = storyPeople;

/**
 * Values of the stories' customers, without the identifiers they contact us by. Numbers as their digits without trunk
 * and country.
 */
const heldBack = {
  knownCaller: ['900000001', 'anh.nguyen@pho-sen-vang.example'],
  household: ['7700900000', 'eleanor@whitlock.example', 'arthur@whitlock.example'],
  caseHolder: ['2065550100', 'dominic@reyes-landscaping.example'],
};

const button = ({ panel }: Desktop, name: string) => panel.getByRole('button', { name, exact: true });
const pageOf = ({ panel }: Desktop) => panel.locator('html').evaluate((root) => root.outerHTML);

/** Which of these stand in the text, a number in whatever way it is written. */
function findIn(text: string, secrets: readonly string[]): string[] {
  const isWritten = (secret: string) =>
    /^\d+$/.test(secret) ? new RegExp([...secret].join('[\\s().+-]*')).test(text) : text.includes(secret);
  return secrets.filter(isWritten);
}

/**
 * Every answer the panel receives from now on. Its event stream never ends, so another stream of the same session is
 * read instead.
 */
async function collectAnswers(page: Page) {
  const answers: Promise<{ path: string; text: string }>[] = [];
  const [asked] = await Promise.all([page.waitForRequest((request) => isLive(request.url())), page.reload()]);
  // Not at the response: one that the panel no longer waits for never ends, and is never read by anybody.
  page.on('requestfinished', (request) => {
    const { pathname: path } = new URL(request.url());
    if (path.startsWith('/api/') && !isLive(path)) answers.push(textOf(request).then((text) => ({ path, text })));
  });
  const stream = await listenTo(asked.url(), await asked.headerValue('authorization'));
  return async () => [...(await Promise.all(answers)), { path: '/api/live', text: stream() }];
}

async function textOf(request: Request): Promise<string> {
  const response = await request.response();
  return response === null ? '' : response.text();
}

const isLive = (address: string) => address.endsWith('/api/live');

async function listenTo(url: string, authorization: string | null): Promise<() => string> {
  const { body } = await fetch(url, { headers: { authorization: authorization ?? '' } });
  let heard = '';
  const take = async () => {
    for await (const text of body?.pipeThrough(new TextDecoderStream()) ?? []) heard += text;
  };
  // Ends with the server, however that ends.
  void take().catch(() => undefined);
  return () => heard;
}

async function reveal(desktop: Desktop): Promise<void> {
  await button(desktop, 'Reveal').click();
  await desktop.panel.getByRole('dialog').getByRole('button', { name: 'Reveal' }).click();
  await expect(button(desktop, 'Hide')).toBeVisible();
}

test('privacy › masked values before a reveal › are in neither page nor answers', async ({ desktop }) => {
  const answers = await collectAnswers(desktop.page);
  const secrets = Object.values(heldBack).flat();
  await desktop.play('inbound voice, known customer');
  await desktop.answer();
  await expect(desktop.title).toHaveText(knownCaller.name);
  await desktop.panel.getByRole('button', { name: 'Why?' }).click();
  await desktop.panel.getByRole('region', { name: 'Why this match' }).waitFor();
  const page = await pageOf(desktop);
  expect(findIn(page, secrets)).toEqual([]);
  // Their own number is shown as Zoom shows it, and as it is stored: what is looked for would be found.
  expect(findIn(page, ['2838220000', '(028) 3822 0000'])).toHaveLength(2);

  await desktop.play('two people on one number');
  await desktop.answer();
  await expect(desktop.title).toHaveText('Who is calling?');
  expect(findIn(await pageOf(desktop), secrets)).toEqual([]);

  await desktop.play('nobody found');
  await desktop.answer();
  await desktop.panel.getByRole('searchbox').fill(caseHolder.name);
  await desktop.panel.getByRole('searchbox').press('Enter');
  await expect(desktop.panel.getByText(/1 customer found/)).toBeVisible();
  expect(findIn(await pageOf(desktop), secrets)).toEqual([]);

  const received = await answers();
  expect(received.length).toBeGreaterThan(4);
  expect(received.find(({ path }) => isLive(path))?.text).toContain(knownCaller.name);
  expect(received.filter(({ text }) => findIn(text, secrets).length > 0)).toEqual([]);
});

test('privacy › a revealed value › is in one answer and gone after a switch', async ({ desktop }) => {
  const answers = await collectAnswers(desktop.page);
  await desktop.play('web chat with e-mail');
  await desktop.answer();
  await expect(desktop.title).toHaveText(webChatVisitor.name);
  await desktop.play('inbound voice, known customer');
  await desktop.answer();
  await expect(desktop.title).toHaveText(knownCaller.name);
  await reveal(desktop);
  expect(findIn(await pageOf(desktop), heldBack.knownCaller)).toEqual(heldBack.knownCaller);

  await desktop.switchTo('Website visitor');
  await expect(desktop.title).toHaveText(webChatVisitor.name);
  expect(findIn(await pageOf(desktop), heldBack.knownCaller)).toEqual([]);
  await desktop.switchTo(knownCaller.phone);
  await expect(button(desktop, 'Reveal')).toBeVisible();
  expect(findIn(await pageOf(desktop), heldBack.knownCaller)).toEqual([]);

  const revealing = (await answers()).filter(({ text }) => findIn(text, heldBack.knownCaller).length > 0);
  expect(revealing.map(({ path }) => path.split('/').at(-1))).toEqual(['reveal']);
});

test('privacy › a whole session › leaves nothing personal in a URL and nothing in the browser', async ({
  desktop,
  contactCenter,
}) => {
  const { page, panel } = desktop;
  const asked: string[] = [];
  const moves: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.reload();
  await expect(desktop.main).toHaveAttribute('data-state', 'idle');
  page.on('framenavigated', (frame) => moves.push(frame.url()));

  await desktop.play('inbound voice, known customer');
  await desktop.answer();
  await expect(desktop.title).toHaveText(knownCaller.name);
  await reveal(desktop);
  await desktop.sayNotThisPerson();
  await expect(desktop.title).toHaveText(knownCaller.phone);
  await panel.getByRole('searchbox').fill(caseHolder.name);
  await panel.getByRole('searchbox').press('Enter');
  await button(desktop, 'Choose').first().click();
  await expect(desktop.title).toHaveText(caseHolder.name);
  await button(desktop, 'Undo').click();
  await expect(desktop.title).toHaveText(knownCaller.phone);
  await desktop.setVariable('Custom.case_number', caseHolder.caseNumber);
  await desktop.play('three chats at once');
  await desktop.answer();
  await expect(desktop.title).toHaveText(threeChats[0].name);
  await desktop.end();
  await desktop.close();

  const address = (url: string) => url.startsWith(contactCenter.panelUrl) && url.slice(contactCenter.panelUrl.length);
  const ofPanel = asked.map(address).filter((one) => one !== false);
  const verbs = new Set(ofPanel.map((one) => one.split('/').at(-1)));
  for (const verb of ['session', 'view', 'reveal', 'unlink', 'search', 'link', 'undo']) expect(verbs).toContain(verb);
  const plain =
    /^\/(assets\/[\w.-]+|api\/(session|live|customers\/search|engagements\/[\w-]+\/(view|reveal|unlink|link|undo)))?$/;
  expect(ofPanel.filter((one) => !plain.test(one))).toEqual([]);

  expect(moves).toEqual([]);
  expect(await page.context().cookies()).toEqual([]);
  const stored = await panel.locator('html').evaluate(async () => ({
    address: location.href,
    cookie: document.cookie,
    name: window.name,
    local: Object.keys(localStorage),
    session: Object.keys(sessionStorage),
    databases: await indexedDB.databases(),
    caches: await caches.keys(),
  }));
  const nothing = { cookie: '', name: '', local: [], session: [], databases: [], caches: [] };
  expect(stored).toEqual({ address: `${contactCenter.panelUrl}/`, ...nothing });
});
