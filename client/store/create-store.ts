/** State as immutable snapshots, in the shape that React's `useSyncExternalStore` takes. */
export type ReadableStore<State> = {
  /** The same object until something changes. */
  getState(): State;
  /** Returns the function that ends the subscription. */
  subscribe(listener: () => void): () => void;
};

type Store<State> = ReadableStore<State> & { setState(next: State): void };

/** Notifies its subscribers of every new state, within `setState`; of an identical one not. */
export function createStore<State>(initial: State): Store<State> {
  const listeners = new Set<() => void>();
  let state = initial;
  return {
    getState: () => state,
    setState(next) {
      if (Object.is(next, state)) return;
      state = next;
      for (const listener of [...listeners]) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
