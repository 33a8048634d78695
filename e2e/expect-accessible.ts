import AxeBuilder from '@axe-core/playwright';
import { expect, type FrameLocator, type Page } from '@playwright/test';

const wcag = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

type ColorScheme = 'light' | 'dark';

/** The panel as shown now passes axe in these themes, has one first-level heading, and every target is reachable. */
export async function expectAccessible(
  { page, panel }: { page: Page; panel: Page | FrameLocator },
  themes: readonly ColorScheme[] = ['light', 'dark'],
): Promise<void> {
  const root = panel.locator('html');
  const backgrounds = new Set<string>();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    backgrounds.add(await panel.locator('body').evaluate((body) => getComputedStyle(body).backgroundColor));
    if (themes.includes(colorScheme)) expect(await findViolations(page, panel), colorScheme).toEqual([]);
  }
  expect(backgrounds.size, 'surfaces of the two themes').toBe(2);
  expect(await root.evaluate(measureLayout)).toEqual({ headings: 1, scrollsSideways: [], smallTargets: [] });
}

export async function findViolations(page: Page, panel: Page | FrameLocator) {
  const axe = new AxeBuilder({ page }).withTags(wcag);
  if (panel !== page) axe.include({ fromFrames: ['iframe', 'html'] });
  let results = await axe.analyze();
  // A frame that took more than a second to load axe is left out without a word, and then nothing is wrong anywhere.
  while (!results.passes.some(({ id }) => id === 'color-contrast')) results = await axe.analyze();
  return results.violations.map(({ id, nodes }) => ({ id, at: nodes.map(({ html }) => html) }));
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
