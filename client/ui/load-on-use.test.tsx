// @vitest-environment happy-dom

import { act, cleanup, render, screen } from '@testing-library/react';
import type { ComponentType } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadOnUse, PartFailureProvider, prefetchComponents } from './load-on-use.tsx';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

/** A chunk on a server: requests for it fail while `isGone`. */
function createChunk(component: ComponentType<{ name: string }> = ({ name }) => <p>evidence of {name}</p>) {
  const chunk = { isGone: false, requests: 0 };
  const load = async () => {
    chunk.requests += 1;
    if (chunk.isGone) throw new TypeError('Failed to fetch dynamically imported module');
    return component;
  };
  return { chunk, Part: loadOnUse(load) };
}

const show = (Part: ComponentType<{ name: string }>) =>
  render(
    <PartFailureProvider
      value={(retry) => (
        <button type="button" onClick={retry}>
          not loaded
        </button>
      )}
    >
      <h1>Ann Lee</h1>
      <Part name="Ann" />
    </PartFailureProvider>,
  );

const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));

describe('component that loads on use', () => {
  it('fetched › is shown, without a second request the next time', async () => {
    const { chunk, Part } = createChunk();
    show(Part);
    await pass(0);
    expect(screen.getByText('evidence of Ann')).toBeDefined();
    cleanup();
    show(Part);
    expect(screen.getByText('evidence of Ann')).toBeDefined();
    expect(chunk.requests).toBe(1);
  });

  it('one fetch fails › is fetched once more', async () => {
    const { chunk, Part } = createChunk();
    chunk.isGone = true;
    show(Part);
    await pass(0);
    chunk.isGone = false;
    await pass(1_000);
    expect(screen.getByText('evidence of Ann')).toBeDefined();
    expect(chunk.requests).toBe(2);
  });

  it('gone › a line stands in its place and the card stays; Retry works once it is back', async () => {
    const { chunk, Part } = createChunk();
    chunk.isGone = true;
    show(Part);
    await pass(1_000);
    expect(screen.getByRole('heading').textContent).toBe('Ann Lee');
    const retry = screen.getByRole('button', { name: 'not loaded' });
    chunk.isGone = false;
    retry.click();
    await pass(0);
    expect(screen.getByText('evidence of Ann')).toBeDefined();
  });

  it('prefetched › is there at once though its chunk has gone since', async () => {
    const { chunk, Part } = createChunk();
    await prefetchComponents();
    chunk.isGone = true;
    show(Part);
    expect(screen.getByText('evidence of Ann')).toBeDefined();
  });

  it('a prefetch that fails › is silent, and the first use fetches again', async () => {
    const { chunk, Part } = createChunk();
    chunk.isGone = true;
    const prefetched = prefetchComponents();
    await pass(1_000);
    await prefetched;
    chunk.isGone = false;
    show(Part);
    await pass(0);
    expect(screen.getByText('evidence of Ann')).toBeDefined();
  });

  it('throws while it renders › a line stands in its place and the card stays', async () => {
    const consoleError = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { Part } = createChunk(() => {
      throw new Error('cannot be drawn');
    });
    show(Part);
    await pass(0);
    expect(screen.getByRole('heading').textContent).toBe('Ann Lee');
    expect(screen.getByRole('button', { name: 'not loaded' })).toBeDefined();
    consoleError.mockRestore();
  });
});
