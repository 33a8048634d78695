import { expect, type FrameLocator, type Page } from '@playwright/test';
import axe, { type RunOptions } from 'axe-core';

const wcag = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** The panel as shown now passes axe in both themes, has one first-level heading, and every target is reachable. */
export async function expectAccessible({ page, panel }: { page: Page; panel: Page | FrameLocator }): Promise<void> {
  const root = panel.locator('html');
  const backgrounds = new Set<string>();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    backgrounds.add(await panel.locator('body').evaluate((body) => getComputedStyle(body).backgroundColor));
    expect(await findViolations(panel), colorScheme).toEqual([]);
  }
  expect(backgrounds.size, 'surfaces of the two themes').toBe(2);
  expect(await root.evaluate(measureLayout)).toEqual({ headings: 1, scrollsSideways: [], smallTargets: [] });
}

/**
 * Runs axe in the shown frame alone. Through the page above it, each run would open another page to join the results of
 * all frames, and leave out a frame that answers late.
 */
export async function findViolations(shown: Page | FrameLocator, options: RunOptions = { runOnly: wcag }) {
  const frame = 'owner' in shown ? await (await shown.owner().elementHandle())?.contentFrame() : shown.mainFrame();
  if (!frame) throw new Error('no frame is shown');
  await frame.evaluate(axe.source);
  return frame.evaluate(
    async (options) => {
      const { passes, violations } = await (window as unknown as { axe: typeof axe }).axe.run(options);
      const checked = [...passes, ...violations].some(({ id }) => id === 'color-contrast');
      if (!checked) throw new Error('axe found no text to check: nothing is shown');
      return violations.map(({ id, nodes }) => ({ id, at: nodes.map(({ html }) => html) }));
    },
    { ...options, iframes: false },
  );
}

/** Runs in the panel. Sizes in px; a checkbox or radio is as large as its label. */
function measureLayout(root: HTMLElement) {
  const shown = [...root.querySelectorAll<HTMLElement>('*')].filter((one) => one.checkVisibility());
  const nameOf = (one: HTMLElement) => `${one.tagName} ${one.className} ${one.textContent}`.trim();
  const isScrollable = (one: HTMLElement) => one === root || /auto|scroll/.test(getComputedStyle(one).overflowX);
  const isTarget = (one: HTMLElement) =>
    one.matches('a[href], button, input, select, textarea, summary, [role=tab], [tabindex="0"]') &&
    !one.matches('p a, li a');
  const isSmall = (one: HTMLElement) => {
    const { width, height } = (one.closest('label') ?? one).getBoundingClientRect();
    return Math.round(width) < 24 || Math.round(height) < 24;
  };
  return {
    headings: shown.filter((one) => one.tagName === 'H1').length,
    scrollsSideways: [root, ...shown]
      .filter((one) => isScrollable(one) && one.scrollWidth > one.clientWidth)
      .map(nameOf),
    smallTargets: shown.filter((one) => isTarget(one) && isSmall(one)).map(nameOf),
  };
}
