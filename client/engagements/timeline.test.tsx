// @vitest-environment happy-dom

import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { fakeEntry, fakeRecord } from './fake-view.ts';
import { Timeline } from './timeline.tsx';

afterEach(cleanup);

const now = Date.now();

test('timeline section › more than five lines › shows five, then all on request', () => {
  const timeline = [1, 2, 3, 4, 5, 6, 7]
    .map((n) => fakeEntry('note', now - n * 60_000, { text: `shown ${n}` }))
    .reverse();
  render(<Timeline record={fakeRecord({ timeline })} />);
  const region = screen.getByRole('region', { name: 'Timeline' });
  expect(within(region).getAllByRole('listitem')).toHaveLength(5);
  expect(within(region).getByText('shown 1')).toBeDefined();
  fireEvent.click(within(region).getByRole('button', { name: 'Show all 7' }));
  expect(within(region).getByText('shown 7')).toBeDefined();
});

test('timeline section › a gap › is a sentence', () => {
  const at = (minute: number) => new Date(2026, 10, 25, 10, minute).getTime();
  const { rerender } = render(
    <Timeline record={fakeRecord({ gaps: [{ from: at(1) + 5_000, until: at(2) + 1_000 }] })} />,
  );
  screen.getByText('Zoom’s events could not be received from 10:01 to 10:02; some lines may be missing.');
  rerender(<Timeline record={fakeRecord({ gaps: [{ from: at(1) + 3_000, until: at(1) + 28_400 }] })} />);
  screen.getByText('Zoom’s events could not be received for 26 s at 10:01; some lines may be missing.');
  rerender(<Timeline record={fakeRecord({ gaps: [{ from: at(1), until: null }] })} />);
  screen.getByText('Zoom’s events have not been received since 10:01; some lines may be missing.');
});

test('timeline section › an empty record › renders nothing', () => {
  render(<Timeline record={fakeRecord()} />);
  expect(screen.queryByRole('region')).toBeNull();
});
