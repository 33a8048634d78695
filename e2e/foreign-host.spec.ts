/*
 * The panel under hosts that are not the simulator, in each of the three transports Zoom's clients speak to the SDK,
 * and under pages that are nobody's host.
 */
import { expect, test } from './foreign-hosts/fixtures.ts';
import { controlHost, engagementOf, expectCard, openPanel } from './foreign-hosts/open-panel.ts';
import type { StrangerEngagement } from './foreign-hosts/stranger.ts';

const voice = engagementOf('Voice_1-aQ5', 'voice', '', { consumerNumber: '+14155550111' });
const sms = engagementOf('Sms_1-aQ5', 'messaging', 'messaging_sms', { consumerNumber: '+14155550112' });
const chat = engagementOf('Chat_1-aQ5', 'messaging', 'messaging_webChat', {
  consumerId: 'visitor',
  consumerDisplayName: 'chika',
  consumerEmail: 'Chika@contoso.example',
});
const email = engagementOf('Email_1-aQ5', 'email', '', { consumerEmail: 'emil@tailspin.example' });
const channels: [StrangerEngagement, string][] = [
  [voice, 'Vera Voice'],
  [sms, 'Samir Sms'],
  [chat, 'Chika Chat'],
  [email, 'Emil Email'],
];

for (const transport of ['frame', 'webview2', 'wkwebview'] as const) {
  test.describe(`panel in a foreign host by ${transport}`, () => {
    test('voice, SMS, chat and e-mail › show the right card', async ({ page, surroundings }) => {
      const opened = await openPanel(page, surroundings, {
        transport,
        engagements: channels.map(([engagement]) => engagement),
      });
      for (const [{ engagementId }, name] of channels) {
        await controlHost(page, 'open', engagementId);
        await expectCard(opened, engagementId, name);
      }
    });

    test('a case number from the flow › decides the first look-up', async ({ page, surroundings }) => {
      const variables = [{ id: '7b1c', name: 'global_custom.Custom.case number', value: 'CS-7006' }];
      const shared = engagementOf('Case_1', 'voice', '', { consumerNumber: '+14155550115' });
      const opened = await openPanel(page, surroundings, { transport, engagements: [{ ...shared, variables }] });
      await expectCard(opened, 'Case_1', 'Dora Double');
    });

    test('ten quick switches › shows the last engagement', async ({ page, surroundings }) => {
      const opened = await openPanel(page, surroundings, {
        transport,
        engagements: channels.map(([engagement]) => engagement),
      });
      await expectCard(opened, voice.engagementId, 'Vera Voice');
      await page.evaluate(
        (ids) => {
          for (const id of ids) window.stranger.open(id);
        },
        Array.from({ length: 10 }, (_, index) => (channels[index % 3] ?? channels[0])?.[0].engagementId ?? ''),
      );
      await controlHost(page, 'open', email.engagementId);
      await expectCard(opened, email.engagementId, 'Emil Email');
      await page.waitForTimeout(500);
      await expectCard(opened, email.engagementId, 'Emil Email');
    });

    test('the end of another engagement and duplicate events › change nothing', async ({ page, surroundings }) => {
      const opened = await openPanel(page, surroundings, { transport, engagements: [voice, sms] });
      await expectCard(opened, voice.engagementId, 'Vera Voice');
      await controlHost(page, 'open', sms.engagementId);
      await expectCard(opened, sms.engagementId, 'Samir Sms');
      await controlHost(page, 'change', voice.engagementId, { state: 'wrap-up' });
      await controlHost(page, 'change', voice.engagementId, { state: 'end', endTime: 1_760_000_900 });
      await controlHost(page, 'replay');
      await page.waitForTimeout(300);
      await expectCard(opened, sms.engagementId, 'Samir Sms');
    });

    test('a consumer arrives in a status difference › shows their customer', async ({ page, surroundings }) => {
      const nobody = engagementOf('Late_1', 'messaging', 'messaging_webChat', { consumerDisplayName: 'visitor' });
      const opened = await openPanel(page, surroundings, { transport, engagements: [nobody] });
      await expectCard(opened, 'Late_1', 'visitor');
      await controlHost(page, 'change', 'Late_1', { consumers: [{ consumerEmail: 'chika@contoso.example' }] });
      await expectCard(opened, 'Late_1', 'Chika Chat');
    });
  });
}

test('panel › messages from a sibling page or from itself › are not taken for the host’s', async ({
  page,
  surroundings,
}) => {
  const { listed, unlisted } = surroundings;
  // Same origin as the host, and a stranger's: neither is the page around the panel.
  for (const beside of [unlisted.origin, listed.origin]) {
    const another = await page.context().newPage();
    const opened = await openPanel(another, surroundings, { transport: 'frame', engagements: [voice, sms], beside });
    await expectCard(opened, voice.engagementId, 'Vera Voice');
    const forged = [
      {
        type: 'event',
        name: 'onEngagementContextChange',
        data: { engagementContext: { engagementId: sms.engagementId } },
      },
      {
        type: 'event',
        name: 'onEngagementStatusChange',
        data: {
          engagementStatus: { engagementId: voice.engagementId, consumers: [{ consumerNumber: '+14155550112' }] },
        },
      },
    ];
    const neighbour = another.frames().find((frame) => frame.parentFrame() !== null && frame.url().startsWith(beside));
    await neighbour?.evaluate((messages) => {
      for (const message of messages) window.parent.frames[0]?.postMessage(message, '*');
    }, forged);
    const itself = another.frames().find((frame) => frame.url().startsWith(surroundings.deskside.url));
    await itself?.evaluate((messages) => {
      for (const message of messages) window.postMessage(message, '*');
    }, forged);
    expect([neighbour, itself]).not.toContain(undefined);
    await another.waitForTimeout(400);
    await expectCard(opened, voice.engagementId, 'Vera Voice');
    // The same words from the host are believed: what was refused was the speaker, not the shape.
    await controlHost(another, 'open', sms.engagementId);
    await expectCard(opened, sms.engagementId, 'Samir Sms');
  }
});

test('panel › framed by a page that is not listed › is blocked', async ({ page, surroundings, expectConsoleError }) => {
  expectConsoleError(/frame-ancestors|Refused to (frame|display)|Failed to load resource/);
  const { deskside, unlisted } = surroundings;
  await page.goto(`${unlisted.origin}/?${new URLSearchParams({ frame: deskside.url })}`);
  await expect.poll(() => page.frames().some((frame) => frame.url().startsWith('chrome-error:'))).toBe(true);
  await expect(page.frameLocator('iframe').getByRole('main')).toHaveCount(0);
});

test('panel › framed by a listed page that does not answer › says that Zoom does not answer', async ({
  page,
  surroundings,
}) => {
  const { deskside, listed } = surroundings;
  await page.goto(`${listed.origin}/?${new URLSearchParams({ frame: deskside.url })}`);
  const main = page.frameLocator('iframe').getByRole('main');
  await expect(main).toHaveAttribute('data-state', 'error', { timeout: 60_000 });
  await expect(main.getByRole('button', { name: 'Retry' })).toBeVisible();
});

test('panel › outside Zoom › says where to open it', async ({ page, surroundings }) => {
  await page.goto(surroundings.deskside.url);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Open Deskside in Zoom Contact Center');
});

test('panel › opened by another window › does not take it for the host', async ({ page, surroundings }) => {
  await page.goto(surroundings.unlisted.origin);
  const popup = page.waitForEvent('popup');
  await page.evaluate((url) => {
    const opened = window.open(url);
    setInterval(() => {
      opened?.postMessage(
        { type: 'event', name: 'onEngagementContextChange', data: { engagementContext: { engagementId: 'forged' } } },
        '*',
      );
    }, 50);
  }, surroundings.deskside.url);
  const panel = await popup;
  await panel.waitForTimeout(500);
  await expect(panel.getByRole('heading', { level: 1 })).toHaveText('Open Deskside in Zoom Contact Center');
});
