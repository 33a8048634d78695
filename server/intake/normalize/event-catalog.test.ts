import { expect, test } from 'vitest';
import { eventCatalog, shortEventName } from './event-catalog.ts';
import { documentedEvents } from './fake-zoom-events.ts';

test('event catalog › documented events › has all 124 names', () => {
  expect(eventCatalog.size).toBe(124);
  expect(documentedEvents.filter((name) => !eventCatalog.has(name))).toEqual([]);
});

test('event catalog › names that Zoom does not have › are unknown', () => {
  const guessed = [
    'engagement_created',
    'engagement_answered',
    'engagement_missed',
    'user_opt-in',
    'transcript_completed',
  ];
  expect(guessed.filter((name) => eventCatalog.has(name))).toEqual([]);
});

test.each([
  ['contact_center.engagement_ended', 'engagement_ended'],
  ['contact_center.user_skills_assigned.', 'user_skills_assigned'],
  ['meeting.started', 'meeting.started'],
  [`contact_center.${'x'.repeat(1_000)}`, 'x'.repeat(128)],
])('short event name › %s › is %s', (event, name) => {
  expect(shortEventName(event)).toBe(name);
});
