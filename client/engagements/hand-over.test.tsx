// @vitest-environment happy-dom

import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import type { EngagementFacts, HandOver as RecordedHandOver } from '#contract/engagements.ts';
import { HandOver } from './hand-over.tsx';

afterEach(cleanup);

const recorded: RecordedHandOver = {
  ...{ at: 9, from: 'Mina', fromQueue: 'Billing', mode: 'warm', disposition: 'Refund', heldMs: 72_000 },
  notes: ['Cy', 'Cy', 'Mina'].map((agent, at) => ({ at, agent, text: `note ${at + 1}` })),
};

const words = (facts: EngagementFacts, told: RecordedHandOver | null) => {
  cleanup();
  const { container } = render(<HandOver facts={facts} recorded={told} />);
  return container.textContent;
};

test('from whom and with what: the newest notes, how long on hold, the disposition', () => {
  expect(words({}, recorded)).toBe(
    'Warm transfer from Mina · BillingDisposition: Refund · 01:12 on hold beforenote 2 – Cynote 3Show all 3 notes',
  );
  fireEvent.click(screen.getByRole('button', { name: 'Show all 3 notes' }));
  expect(screen.getAllByText(/^note \d/)).toHaveLength(3);
});

test('Zoom’s client alone, or nobody, may know from whom', () => {
  expect(words({ isTransfer: true, transferFromAgentName: 'Bo' }, null)).toBe('Transferred by Bo');
  expect(words({ isTransfer: true }, null)).toBe('Transferred by a colleague');
  expect(words({ isTransfer: true, transferType: 'warm' }, { ...recorded, from: 'Mina', notes: [], heldMs: 0 })).toBe(
    'Warm transfer from Mina · BillingDisposition: Refund',
  );
});

test('a note can be shown whole only where the panel cuts it', () => {
  const long = { ...recorded, notes: [{ at: 1, agent: 'Mina', text: 'A long note' }] };
  const lines = (needed: number, shown: number) => {
    vi.spyOn(HTMLElement.prototype, 'scrollHeight', 'get').mockReturnValue(needed);
    vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(shown);
  };
  lines(34, 34);
  expect(words({}, long)).not.toContain('Show');
  lines(51, 34);
  expect(words({}, long)).toContain('Show the whole note');
  vi.restoreAllMocks();
});

test('who handed it over has nothing handed over; who is told so wrongly still has', () => {
  const handedOverAt = (at: number) => ({ ...recorded, at });
  expect(words({ isTransfer: false, acceptTime: 1_000 }, handedOverAt(60_000))).toBe('');
  expect(words({ isTransfer: false, acceptTime: 59_000 }, handedOverAt(60_000))).toContain('from Mina');
  expect(words({ isTransfer: true, acceptTime: 1_000 }, handedOverAt(60_000))).toContain('from Mina');
  expect(words({ acceptTime: 1_000 }, handedOverAt(60_000))).toContain('from Mina');
});

test('what was not transferred has no hand-over', () => {
  expect(words({}, null)).toBe('');
  expect(words({ isTransfer: false }, null)).toBe('');
});
