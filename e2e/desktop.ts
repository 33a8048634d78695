import type { FrameLocator, Locator, Page } from '@playwright/test';
import { type ChannelName, channels } from './simulator/channels.ts';
import type { Delivery } from './simulator/cloud/delivery.ts';

/** The actions of an agent at the simulated contact center, and the panel beside it. */
export type Desktop = ReturnType<typeof createDesktop>;

export function createDesktop(page: Page, url: string) {
  const panel: FrameLocator = page.frameLocator('iframe[title="Deskside"]');
  const main: Locator = panel.getByRole('main');
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const list: Locator = page.getByRole('list', { name: 'Engagements' });

  return {
    page,
    panel,
    /** The panel's `main`, which carries `data-state` and `data-engagement-id`. */
    main,
    /** The customer in front: the panel's one heading of the first level. */
    title: panel.getByRole('heading', { level: 1 }),
    list,
    async open(): Promise<void> {
      await page.setViewportSize({ width: 1280, height: 800 });
      await page.goto(url);
      await main.waitFor();
    },
    async play(story: string): Promise<void> {
      await page.getByRole('combobox', { name: 'Story' }).selectOption(story);
      await button('Play').click();
    },
    /** Somebody comes with this number, address or name; with nothing, a withheld number or a nameless visitor. */
    async ring(who: { channel: ChannelName; number?: string; email?: string; name?: string }): Promise<void> {
      await page.getByRole('combobox', { name: 'Channel' }).selectOption(who.channel);
      const field = { number: 'Number', email: 'E-mail', name: 'Name' }[channels[who.channel].knownBy];
      await page
        .getByRole('form', { name: 'Ring yourself' })
        .getByLabel(field)
        .fill(who.number ?? who.email ?? who.name ?? '');
      await button('Ring').click();
    },
    /** The one that has rung longest. */
    answer: () => button('Answer').click(),
    /** Nobody answers in time. */
    miss: () => button('Miss').click(),
    decline: () => button('Decline').click(),
    /** A region of the panel that is closed until it is needed. */
    async unfold(name: string): Promise<Locator> {
      const region = panel.getByRole('region', { name });
      const toggle = region.getByRole('button', { name, exact: true });
      if ((await toggle.getAttribute('aria-expanded')) === 'false') await toggle.click();
      return region;
    },
    /** Another search for the customer, without a choice. */
    async sayNotThisPerson(): Promise<void> {
      await panel.getByRole('button', { name: 'Not this person?' }).click();
      await panel.getByRole('button', { name: 'Nobody of these' }).click();
    },
    /** By what the list calls the person. */
    switchTo: (name: string) => list.getByRole('button').filter({ hasText: name }).click(),
    hold: () => button('Hold').click(),
    unhold: () => button('Unhold').click(),
    mute: () => button('Mute').click(),
    unmute: () => button('Unmute').click(),
    async pressKeys(keys: string): Promise<void> {
      await button('Keypad').click();
      for (const key of keys) await page.getByRole('form', { name: 'Keypad' }).getByText(key, { exact: true }).click();
      await button('Send').click();
      await button('Keypad').click();
    },
    /** To an agent or a queue, by name. It rings at the other agent's desk. */
    async transferTo(name: string, type: 'warm' | 'cold'): Promise<void> {
      await button('Transfer').click();
      const form = page.getByRole('form', { name: 'Transfer' });
      await form.getByLabel('To').selectOption(name);
      await form.getByLabel('How').selectOption({ label: type === 'warm' ? 'Warm' : 'Cold' });
      await button('Transfer now').click();
    },
    cancelTransfer: () => button('Cancel transfer').click(),
    /** In Zoom's own form, during the engagement or its wrap-up. */
    async dispose(name: string): Promise<void> {
      await page.getByRole('combobox', { name: 'Disposition' }).selectOption(name);
    },
    async note(text: string): Promise<void> {
      await page.getByRole('region', { name: 'Outcome' }).getByLabel('Note').fill(text);
      await button('Save note').click();
    },
    end: () => button('End').click(),
    close: () => button('Close').click(),
    async setVariable(name: string, value: string): Promise<void> {
      const editor = page.getByRole('region', { name: 'Flow variables' });
      await editor.getByLabel('Variable').fill(name);
      await editor.getByLabel('Value').fill(value);
      await editor.getByRole('button', { name: /^(Set|Change) variable$/ }).click();
    },
    async signInAs(agentName: string): Promise<void> {
      await page.getByRole('combobox', { name: 'Agent' }).selectOption(agentName);
      // Hidden where this agent's last engagement is over.
      await main.waitFor({ state: 'attached' });
    },
    reloadPanel: () => button('Reload panel').click(),
    /** In px; one of those the simulator offers. */
    resizePanel: async (width: number): Promise<void> => {
      await page.getByRole('combobox', { name: 'Width' }).selectOption(String(width));
    },
    /** How Zoom's cloud gets its events across from now on; what is left out stays as it is. `late` in ms. */
    async deliver(delivery: Partial<Delivery>): Promise<void> {
      const menu = page.getByText(/^Cloud/);
      await menu.click();
      const { transport, late, lost, isDoubled, isReordered, hasFlowPosts } = delivery;
      if (transport) await page.getByRole('combobox', { name: 'Way' }).selectOption(transport);
      if (late !== undefined) await page.getByLabel('Late, ms').fill(String(late));
      if (lost) await page.getByRole('combobox', { name: 'Lost' }).selectOption(lost);
      const switches = { Doubled: isDoubled, Reordered: isReordered, 'Flow posts': hasFlowPosts };
      for (const [name, isOn] of Object.entries(switches))
        if (isOn !== undefined) await page.getByRole('checkbox', { name }).setChecked(isOn);
      await menu.click();
    },
    /** Zoom's WebSocket breaks and stays away for ten seconds. */
    async cutWebSocket(): Promise<void> {
      const menu = page.getByText(/^Cloud/);
      await menu.click();
      await button('Cut the WebSocket (10 s or more)').click();
      await menu.click();
    },
    /** Delay and jitter of the messages of Zoom's client, in ms. */
    async slowDown({ latency, jitter }: { latency: number; jitter: number }): Promise<void> {
      const menu = page.getByText(/^Client \d/);
      await menu.click();
      await page.getByLabel('Latency, ms').fill(String(latency));
      await page.getByLabel('Jitter, ms').fill(String(jitter));
      await menu.click();
    },
  };
}
