import { describe, expect, it } from 'vitest';
import { createStore } from './create-store.ts';

describe('store', () => {
  it('new state › notifies subscribers, who read it', () => {
    const store = createStore(1);
    const read: number[] = [];
    store.subscribe(() => read.push(store.getState()));
    store.setState(2);
    expect(read).toEqual([2]);
  });

  it('identical state › notifies nobody', () => {
    const state = { name: 'same' };
    const store = createStore(state);
    let notified = 0;
    store.subscribe(() => {
      notified += 1;
    });
    store.setState(state);
    expect(notified).toBe(0);
  });

  it('a subscriber that unsubscribes another while notified › the current round still reaches both', () => {
    const store = createStore(1);
    const notified: string[] = [];
    let unsubscribe = () => {};
    store.subscribe(() => {
      notified.push('first');
      unsubscribe();
    });
    unsubscribe = store.subscribe(() => notified.push('second'));
    store.setState(2);
    store.setState(3);
    expect(notified).toEqual(['first', 'second', 'first']);
  });
});
