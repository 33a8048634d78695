import { useSyncExternalStore } from 'react';

/** By interval in ms: all clocks of one interval share a timer. */
const pulses = new Map<number, Pulse>();

type Pulse = { subscribe: (listener: () => void) => () => void; read: () => number };

/** The current time (ms UTC), updated every `interval` ms. */
export function useNow(pace: number): number {
  const pulse = pulses.get(pace) ?? createPulse(pace);
  pulses.set(pace, pulse);
  return useSyncExternalStore(pulse.subscribe, pulse.read);
}

function createPulse(pace: number): Pulse {
  const listeners = new Set<() => void>();
  let now = Date.now();
  let timer: ReturnType<typeof setInterval> | undefined;

  const tick = () => {
    now = Date.now();
    for (const listener of listeners) listener();
  };

  return {
    subscribe(listener) {
      if (listeners.size === 0) {
        now = Date.now();
        timer = setInterval(tick, pace);
      }
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) clearInterval(timer);
      };
    },
    // Without a timer the value changes only once it is older than the interval: React reads it twice per render.
    read() {
      if (listeners.size === 0 && Date.now() - now > pace) now = Date.now();
      return now;
    },
  };
}
