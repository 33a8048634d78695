import { expect, test } from 'vitest';
import type { EngagementView } from '#contract/view.ts';
import type { StreamEvent } from '../live/read-stream.ts';
import { fakeEntry, fakeRecord, fakeView, matchedView } from './fake-view.ts';
import { createLiveEngagements } from './live-engagements.ts';

function follow() {
  let emit = (_event: StreamEvent) => {};
  const received: string[] = [];
  const asked: string[] = [];
  const live = createLiveEngagements(
    {
      onEvent(listener) {
        emit = listener;
        return () => {};
      },
    },
    { receive: (view) => received.push(view.engagementId), request: (engagementId) => asked.push(engagementId) },
  );
  return {
    live,
    received,
    asked,
    push: (data: EngagementView) => emit({ type: 'engagement', id: 1, data }),
    reset: (...views: EngagementView[]) => emit({ type: 'reset', id: 1, data: { views } }),
    open: () => [...live.getState().keys()],
  };
}

const ended = fakeRecord({ phase: 'ended', timeline: [fakeEntry('ended', 9)] });

test('live engagements › pushed views › are stored, and open until they have ended', () => {
  const { push, received, open } = follow();
  push(fakeView({ engagementId: 'E-1' }));
  push(matchedView('A', { engagementId: 'E-2' }));
  push(fakeView({ engagementId: 'E-1', record: ended }));
  expect(received).toEqual(['E-1', 'E-2', 'E-1']);
  expect(open()).toEqual(['E-2']);
});

test('live engagements › a reset without an open engagement › requests its view once', () => {
  const { push, reset, received, asked, open } = follow();
  push(fakeView({ engagementId: 'E-1' }));
  reset(fakeView({ engagementId: 'E-2' }));
  reset(fakeView({ engagementId: 'E-2' }));
  expect(open()).toEqual(['E-2']);
  expect(received).toEqual(['E-1', 'E-2', 'E-2']);
  expect(asked).toEqual(['E-1']);
});
