import { expect, test } from 'vitest';
import { eventCatalog, shortEventName } from './event-catalog.ts';
import { documentedEvents } from './fake-zoom-events.ts';

test('has the 124 names of Zoom’s catalogue', () => {
  expect(eventCatalog.size).toBe(124);
  expect(documentedEvents.filter((name) => !eventCatalog.has(name))).toEqual([]);
});

test('knows none of the names that are guessed and do not exist', () => {
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
])('%s is called %s', (event, name) => {
  expect(shortEventName(event)).toBe(name);
});
