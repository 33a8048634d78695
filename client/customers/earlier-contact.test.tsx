// @vitest-environment happy-dom

import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import type { PastEngagement, PastEngagements } from '#contract/engagements.ts';
import { type ContactRow, listContactRows } from './contact-rows.ts';
import { CallsFromNumber, EarlierContact, LastContact } from './earlier-contact.tsx';

afterEach(cleanup);

const now = Date.now();
const source = { id: 'directory', label: 'Directory', fetchedAt: now };
const records = [{ id: 'C-1', source, missing: [] }];
const interactions = [
  { at: now - 2 * 86_400_000, channel: 'chat', summary: 'Asked about the invoice', agent: 'Mina', source: source.id },
];

const past = (daysAgo: number, more: Partial<PastEngagement> = {}): PastEngagement => ({
  startedAt: now - daysAgo * 86_400_000,
  durationMs: 252_000,
  channel: 'voice',
  queueName: 'Billing',
  agentName: 'Bo',
  disposition: null,
  note: null,
  ...more,
});
const found = (...engagements: PastEngagement[]): PastEngagements => ({ kind: 'found', engagements, fetchedAt: now });

const show = (rows: ContactRow[], history: PastEngagements) =>
  render(<EarlierContact rows={rows} records={records} past={history} count={rows.length} />);
const textsOf = (rows: ContactRow[]) => rows.map(({ text }) => text);

describe('rows of earlier contact', () => {
  it('Zoom has earlier engagements › are among the interactions, newest first, with what was written', () => {
    const rows = listContactRows(
      interactions,
      found(past(1, { note: 'Wants a call back' }), past(3, { disposition: 'Refund' }), past(4)),
    );
    expect(textsOf(rows)).toEqual(['Wants a call back', 'Asked about the invoice', 'Refund', undefined]);
  });

  it('a source has an activity of the same engagement › are one row', () => {
    const call = past(1, { disposition: 'Refund', note: 'in Zoom' });
    const activity = { at: call.startedAt + 90_000, channel: 'Call', summary: 'in the CRM', source: source.id };
    const [row, ...others] = listContactRows([activity], found(call));
    expect(others).toEqual([]);
    expect(row).toMatchObject({ text: 'in the CRM', disposition: 'Refund', durationMs: 252_000, source: source.id });
    const [unwritten] = listContactRows([{ at: call.startedAt, channel: 'phone', source: source.id }], found(call));
    expect(unwritten).toMatchObject({ text: 'in Zoom', source: source.id });
  });

  it('another channel or another hour › stay two rows', () => {
    const call = past(1);
    const at = call.startedAt;
    expect(listContactRows([{ at, channel: 'mail', source: source.id }], found(call))).toHaveLength(2);
    expect(listContactRows([{ at: at - 3_600_000, channel: 'call', source: source.id }], found(call))).toHaveLength(2);
  });
});

describe('earlier contact', () => {
  it('eight calls of which nobody wrote anything down › are folded and push nothing out', () => {
    const calls = Array.from({ length: 8 }, (_, day) => past(day / 10));
    const history = found(...calls);
    show(listContactRows(interactions, history), history);
    expect(screen.getAllByRole('listitem').map((row) => row.textContent)).toEqual([
      expect.stringContaining('Asked about the invoice'),
    ]);
    fireEvent.click(screen.getByRole('button', { name: '+ 8 without a note' }));
    expect(screen.getAllByRole('listitem')).toHaveLength(9);
    screen.getByText('Contact no. 9 within a week');
  });

  it('a row is opened › says who, how long and where it is from', () => {
    show(listContactRows(interactions, found()), found());
    fireEvent.click(screen.getByRole('button', { name: /Asked about the invoice/ }));
    screen.getByText('Mina · Directory');
  });

  it('Zoom is pending or failed › one line says so', () => {
    show(listContactRows(interactions, { kind: 'pending' }), { kind: 'pending' });
    screen.getByText('Loading earlier engagements from Zoom…');
    cleanup();
    show([], { kind: 'unavailable' });
    screen.getByText('Zoom’s earlier engagements cannot be read right now.');
  });

  it('the last contact › says what was said, when and by whom', () => {
    const [row] = listContactRows(interactions, found());
    render(<LastContact row={row} />);
    screen.getByText('Asked about the invoice');
    screen.getByText(/^Last contact · .+ · Mina$/);
  });

  it('calls from a number of several people › stand apart, closed', () => {
    render(<CallsFromNumber past={found(past(1), past(2))} />);
    screen.getByRole('region', { name: 'Calls from this number' });
    expect(screen.queryAllByRole('listitem')).toEqual([]);
    fireEvent.click(screen.getByRole('button', { name: 'Calls from this number' }));
    expect(screen.getAllByRole('listitem')).toHaveLength(2);
  });
});
