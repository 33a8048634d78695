// @vitest-environment happy-dom

import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import type { EngagementFacts, HandOver as RecordedHandOver } from '#contract/engagements.ts';
import { HandOver, showsHandOver } from './hand-over.tsx';

afterEach(cleanup);

const recorded: RecordedHandOver = {
  at: 9,
  from: 'Mina',
  fromQueue: 'Billing',
  mode: 'warm',
  disposition: 'Refund',
  heldMs: 72_000,
  notes: ['Cy', 'Cy', 'Mina'].map((agent, index) => ({ at: index, agent, text: `note ${index + 1}` })),
};

const words = (facts: EngagementFacts, recorded: RecordedHandOver | null) => {
  cleanup();
  const { container } = render(showsHandOver(facts, recorded) && <HandOver facts={facts} recorded={recorded} />);
  return container.textContent;
};

test('hand-over › a transferred engagement › shows sender, newest notes, hold time and disposition', () => {
  expect(words({}, recorded)).toBe(
    'Warm transfer from Mina · BillingDisposition: Refund · Was on hold 01:12note 2 – Cynote 3Show all 3 notes',
  );
  fireEvent.click(screen.getByRole('button', { name: 'Show all 3 notes' }));
  expect(screen.getAllByText(/^note \d/)).toHaveLength(3);
});

test('hand-over › only the client, or nobody, names the sender › shows what is known', () => {
  expect(words({ isTransfer: true, transferFromAgentName: 'Bo' }, null)).toBe('Transferred by Bo');
  expect(words({ isTransfer: true }, null)).toBe('Transferred by a colleague');
  expect(words({ isTransfer: true, transferType: 'warm' }, { ...recorded, from: 'Mina', notes: [], heldMs: 0 })).toBe(
    'Warm transfer from Mina · BillingDisposition: Refund',
  );
});

test('hand-over › a note longer than two lines › can be expanded, a short one cannot', () => {
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

test('hand-over › the agent is the sender › nothing is shown', () => {
  const handedOverAt = (at: number) => ({ ...recorded, at });
  expect(words({ isTransfer: false, acceptTime: 1_000 }, handedOverAt(60_000))).toBe('');
  expect(words({ isTransfer: false, acceptTime: 59_000 }, handedOverAt(60_000))).toContain('from Mina');
  expect(words({ isTransfer: true, acceptTime: 1_000 }, handedOverAt(60_000))).toContain('from Mina');
  expect(words({ acceptTime: 1_000 }, handedOverAt(60_000))).toContain('from Mina');
});

test('hand-over › not transferred › nothing is shown', () => {
  expect(words({}, null)).toBe('');
  expect(words({ isTransfer: false }, null)).toBe('');
});
