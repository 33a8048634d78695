// @vitest-environment happy-dom

import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { fakeEntry, fakeRecord } from './fake-view.ts';
import { Timeline } from './timeline.tsx';

afterEach(() => {
  cleanup();
  localStorage.clear();
});

const now = Date.now();

test('timeline section › more than five lines › shows five, then all on request', () => {
  const timeline = [1, 2, 3, 4, 5, 6, 7]
    .map((n) => fakeEntry('note', now - n * 60_000, { text: `shown ${n}` }))
    .reverse();
  render(<Timeline record={fakeRecord({ timeline })} facts={{ channel: 'voice' }} />);
  const region = screen.getByRole('region', { name: 'This call' });
  expect(within(region).queryAllByRole('listitem')).toEqual([]);
  fireEvent.click(within(region).getByRole('button', { name: 'This call' }));
  expect(within(region).getAllByRole('listitem')).toHaveLength(5);
  expect(within(region).getByText('shown 1')).toBeDefined();
  fireEvent.click(within(region).getByRole('button', { name: 'Show all 7' }));
  expect(within(region).getByText('shown 7')).toBeDefined();
});

test('timeline section › a gap › is a sentence', () => {
  const at = (minute: number) => new Date(2026, 10, 25, 10, minute).getTime();
  const { rerender } = render(
    <Timeline
      record={fakeRecord({ gaps: [{ from: at(1) + 5_000, until: at(2) + 1_000 }] })}
      facts={{ channel: 'voice' }}
    />,
  );
  fireEvent.click(screen.getByRole('button', { name: 'This call' }));
  screen.getByText('We lost Zoom from 10:01 to 10:02. Something may be missing.');
  rerender(
    <Timeline
      record={fakeRecord({ gaps: [{ from: at(1) + 3_000, until: at(1) + 28_400 }] })}
      facts={{ channel: 'voice' }}
    />,
  );
  screen.getByText('We lost Zoom for 26 s at 10:01. Something may be missing.');
  rerender(<Timeline record={fakeRecord({ gaps: [{ from: at(1), until: null }] })} facts={{ channel: 'voice' }} />);
  screen.getByText('We lost Zoom at 10:01. Something may be missing.');
});

test('timeline section › an empty record › renders nothing', () => {
  render(<Timeline record={fakeRecord()} facts={{ channel: 'voice' }} />);
  expect(screen.queryByRole('region')).toBeNull();
});
