// @vitest-environment happy-dom

import { beforeEach, describe, expect, it } from 'vitest';
import { installFrameGuard, readAllowedHosts } from './frame-guard.ts';
import { matchesSourceExpression } from './source-expression.ts';

const own = 'https://panel.example';

describe('allowed hosts', () => {
  it.each([
    ["'self'", own, true],
    ["'self'", 'https://other.example', false],
    ["'none'", own, false],
    ['https://*.zoom.us', 'https://app.zoom.us', true],
    ['https://*.zoom.us', 'https://a.b.zoom.us', true],
    ['https://*.zoom.us', 'https://zoom.us', false],
    ['https://*.zoom.us', 'https://evilzoom.us', false],
    ['https://*.zoom.us', 'https://zoom.us.evil.example', false],
    ['https://*.zoom.us', 'http://app.zoom.us', false],
    ['https://*.zoom.us', 'https://app.zoom.us:8443', false],
    ['https://zoom.us', 'https://zoom.us', true],
    ['https://ZOOM.us', 'https://zoom.us', true],
    ['https://zoom.us:443', 'https://zoom.us', true],
    ['http://desk.example:4600', 'http://desk.example:4600', true],
    ['http://desk.example:4600', 'http://desk.example:4601', false],
    ['http://desk.example:*', 'http://desk.example:9', true],
    ['http://desk.example', 'https://desk.example', true],
    ['http://desk.example:80', 'https://desk.example', true],
    ['desk.example', 'https://desk.example', true],
    ['desk.example', 'http://desk.example', false],
    ['http://127.0.0.1:4600', 'http://127.0.0.1:4600', true],
    ['*', 'https://anyone.example', false],
    ['https:', 'https://anyone.example', false],
    ['https://zoom.us/wc', 'https://zoom.us', false],
    ['https://zoom.us', 'null', false],
    ["'self'", 'null', false],
    ['https://.zoom.us', 'https://a.zoom.us', false],
  ])('%s, origin %s › %s', (expression, origin, isAllowed) => {
    expect(matchesSourceExpression(expression, origin, own)).toBe(isAllowed);
  });

  it('the page’s meta element › is the list', () => {
    const page = new DOMParser().parseFromString(
      `<meta name="deskside-frame-hosts" content="'self'  https://*.zoom.us">`,
      'text/html',
    );
    expect(readAllowedHosts(page)).toEqual(["'self'", 'https://*.zoom.us']);
    expect(readAllowedHosts(new DOMParser().parseFromString('<p>', 'text/html'))).toEqual([]);
  });
});

/** As much of a window as the guard looks at; a real frame is tried in the browser. */
class FakeWindow extends EventTarget {
  self: unknown = this;
  top: unknown = this;
  parent: unknown = this;
  location: { origin: string; ancestorOrigins?: string[] } = { origin: own };
}

describe('frame guard', () => {
  let page: FakeWindow;
  let heard: unknown[];
  let reported: string[];
  const host = { name: 'the page around us' };

  function install(ancestorOrigins?: string[]) {
    if (ancestorOrigins !== undefined) page.location.ancestorOrigins = ancestorOrigins;
    const guard = installFrameGuard({
      allowedHosts: ['https://*.zoom.us'],
      report: (origin) => reported.push(origin),
      page: page as unknown as Window,
    });
    page.addEventListener('message', (event) => heard.push((event as MessageEvent).data));
    return guard;
  }

  function say(data: string, from: { origin: string; source: unknown }) {
    page.dispatchEvent(Object.assign(new Event('message'), { data, ...from }));
  }

  beforeEach(() => {
    page = new FakeWindow();
    page.top = host;
    page.parent = host;
    heard = [];
    reported = [];
  });

  it('messages › only those of the allowed parent pass', () => {
    const guard = install(['https://app.zoom.us']);
    say('from the host', { origin: 'https://app.zoom.us', source: host });
    say('same origin, another window', { origin: 'https://app.zoom.us', source: { name: 'popup' } });
    say('right window, navigated away', { origin: 'https://evil.example', source: host });
    say('sandboxed', { origin: 'null', source: host });
    say('ourselves', { origin: own, source: page });
    expect(heard).toEqual(['from the host']);
    expect(guard).toMatchObject({ frame: 'trusted' });
    expect(reported).toEqual(['https://app.zoom.us', 'https://evil.example', 'null', own]);
    say('again', { origin: 'https://evil.example', source: host });
    expect(reported).toHaveLength(4);
  });

  it('a foreign ancestor › nothing passes', () => {
    const guard = install(['https://app.zoom.us', 'https://evil.example']);
    say('from the host', { origin: 'https://app.zoom.us', source: host });
    expect(heard).toEqual([]);
    expect(guard.frame).toBe('foreign');
  });

  it('ancestors unknown › each message is judged by its origin', () => {
    const guard = install();
    say('from the host', { origin: 'https://app.zoom.us', source: host });
    say('from a stranger', { origin: 'https://evil.example', source: host });
    expect(heard).toEqual(['from the host']);
    expect(guard.frame).toBe('unknown');
  });

  it('top of a window › no message passes', () => {
    page.top = page;
    page.parent = page;
    const guard = install();
    say('an opener', { origin: 'https://app.zoom.us', source: host });
    say('ourselves', { origin: own, source: page });
    expect(heard).toEqual([]);
    expect(guard.frame).toBe('top');
  });
});
