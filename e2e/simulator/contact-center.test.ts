import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { agents } from './agents.ts';
import {
  type Arrival,
  answer,
  type ContactCenter,
  close,
  decline,
  end,
  focus,
  focusedEngagement,
  hidesPanel,
  openContactCenter,
  openEngagements,
  ring,
  setVariable,
} from './contact-center.ts';

const arrival = (id: string): Arrival => ({
  id,
  channel: 'voice',
  queue: { id: 'q-1', name: 'Support' },
  consumers: [{ consumerNumber: '+14155550101' }],
  variables: [],
});
const rung = (...ids: string[]) =>
  ids.reduce((center, id, at) => ring(center, arrival(id), at), openContactCenter(agents[0]));
const answered = (...ids: string[]) => ids.reduce((center, id, at) => answer(center, id, 100 + at), rung(...ids));

test('contact center › answer, end, close › ringing, active, wrap-up, gone', () => {
  const ringing = rung('a');
  expect(ringing.focusedId).toBeNull();
  const active = answer(ringing, 'a', 10);
  expect(focusedEngagement(active)).toMatchObject({ phase: 'active', acceptedAt: 10, assignedAgent: agents[0] });
  const wrapUp = end(active, 'a', 20);
  expect(focusedEngagement(wrapUp)).toMatchObject({ phase: 'wrap-up', hungUpAt: 20 });
  const over = close(wrapUp, 'a', 30);
  expect(over.focusedId).toBeNull();
  expect(openEngagements(over)).toEqual([]);
  expect(over.engagements[0]).toMatchObject({ phase: 'end', endedAt: 30 });
});

test('contact center › close › focuses the one answered last; closing another leaves the focus', () => {
  const three = end(end(answered('a', 'b', 'c'), 'c', 200), 'a', 200);
  expect(close(three, 'c', 300).focusedId).toBe('b');
  expect(close(three, 'a', 300).focusedId).toBe('c');
});

test('contact center › ringing or declined › cannot be focused, ended or closed, or is gone', () => {
  const center = rung('a');
  expect(() => focus(center, 'a')).toThrow('a cannot be focused: it is in ringing');
  expect(() => end(center, 'a', 1)).toThrow('cannot be ended');
  expect(() => close(center, 'a', 1)).toThrow('cannot be closed');
  expect(openEngagements(decline(center, 'a', 1))).toEqual([]);
});

test('contact center › the last engagement is closed › the panel is hidden until the next one', () => {
  expect(hidesPanel(rung('a'))).toBe(false);
  const over = close(end(answered('a'), 'a', 200), 'a', 300);
  expect(hidesPanel(over)).toBe(true);
  expect(hidesPanel(answer(ring(over, arrival('b'), 400), 'b', 500))).toBe(false);
});

test('contact center › a variable is set twice › is added once and its value changes', () => {
  const first = setVariable(answered('a'), 'a', { id: 'v', name: 'Custom.case', value: '1' });
  const second = setVariable(first, 'a', { id: 'v', name: 'Custom.case', value: '2' });
  expect(focusedEngagement(second)?.variables).toEqual([{ id: 'v', name: 'Custom.case', value: '2' }]);
});

test('contact center › any sequence of actions › the focus is an answered, open engagement, or none', () => {
  const verbs = [ring, answer, decline, end, close, focus] as const;
  const step = fc.tuple(fc.constantFrom(...verbs.keys()), fc.constantFrom('a', 'b', 'c', 'd'));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let center: ContactCenter = openContactCenter(agents[0]);
      for (const [now, [verb, id]] of steps.entries()) {
        try {
          if (verbs[verb] === ring) center = ring(center, arrival(id), now);
          else if (verbs[verb] === focus) center = focus(center, id);
          else center = (verbs[verb] as typeof answer)(center, id, now);
        } catch {
          continue;
        }
        const answeredOnes = openEngagements(center).filter(({ phase }) => phase !== 'ringing');
        if (answeredOnes.length === 0) expect(center.focusedId).toBeNull();
        else expect(answeredOnes.map((one) => one.id)).toContain(center.focusedId);
      }
    }),
  );
});
