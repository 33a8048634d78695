import { expect, test } from 'vitest';
import type { FeedHost } from '../engagements/engagement-feed.ts';
import { connectionOf } from './panel-state.ts';

const features = { focus: true, variables: true };
const host: FeedHost = { kind: 'ready', clientVersion: '6.5.0', features };
const reached = { isUnreached: false, gaps: [] };

test('connection state › a gap in Zoom’s events › is catching up, not live', () => {
  expect(connectionOf(host, 'live', reached)).toBe('live');
  expect(connectionOf(host, 'live', { ...reached, gaps: [{ from: 1, until: 2 }] })).toBe('live');
  expect(connectionOf(host, 'live', { ...reached, gaps: [{ from: 1, until: null }] })).toBe('catching-up');
  expect(connectionOf(host, 'offline', { ...reached, gaps: [{ from: 1, until: null }] })).toBe('offline');
});

test('connection state › a failed request › counts only without a live stream', () => {
  expect(connectionOf(host, 'live', { ...reached, isUnreached: true })).toBe('live');
  expect(connectionOf(host, 'connecting', { ...reached, isUnreached: true })).toBe('offline');
});
