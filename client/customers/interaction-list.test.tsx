// @vitest-environment happy-dom

import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import type { PastEngagement, PastEngagements } from '#contract/engagements.ts';
import { InteractionList } from './interaction-list.tsx';

afterEach(cleanup);

const now = Date.now();
const source = { id: 'directory', label: 'Directory', fetchedAt: now };

const past = (daysAgo: number, more: Partial<PastEngagement> = {}): PastEngagement => ({
  startedAt: now - daysAgo * 86_400_000,
  durationMs: 252_000,
  channel: 'voice',
  queueName: 'Billing',
  agentName: 'Bo',
  disposition: null,
  ...more,
});
const found = (...engagements: PastEngagement[]): PastEngagements => ({ kind: 'found', engagements, fetchedAt: now });

const rows = (history: PastEngagements) => {
  cleanup();
  const interactions = [
    { at: now - 2 * 86_400_000, channel: 'chat', summary: 'Asked about the invoice', agent: 'Mina', source: source.id },
  ];
  render(<InteractionList interactions={interactions} records={[{ id: 'C-1', source, missing: [] }]} past={history} />);
  return screen.getAllByRole('listitem').map((row) => row.querySelector('.interaction-summary')?.textContent);
};

test('interaction list › Zoom has earlier engagements › are listed among the interactions, newest first', () => {
  expect(rows(found(past(1), past(3, { disposition: 'Refund' })))).toEqual([
    'Billing',
    'Asked about the invoice',
    'Refund',
  ]);
  expect(screen.getByTitle('Refund · Billing · Voice · 04:12')).toBeDefined();
  expect(screen.getAllByText('Zoom')).toHaveLength(2);
  expect(screen.getByRole('region', { name: 'Interactions' }).textContent).toContain('Directory · 0s · Zoom · 0s');
});

test('interaction list › Zoom is pending or failed › one line names it', () => {
  expect(rows({ kind: 'pending' })).toHaveLength(1);
  screen.getByText('Loading earlier engagements from Zoom…');
  expect(rows({ kind: 'unavailable' })).toHaveLength(1);
  screen.getByText('Zoom’s earlier engagements cannot be read right now.');
});
