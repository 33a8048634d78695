/*
 * How Zoom's cloud delivers its events, as set at the desktop: transport, delay, duplicates, order and loss. Pure: a
 * plan of sendings for the events of one change.
 *
 * Reordered: the events of one change are sent backwards, and every other change is held back so that the next one
 * overtakes it. Lost: the first attempt of each webhook does not arrive; "once" leaves Zoom its retries, "for good"
 * does not. A WebSocket has no retries, so there both lose the event, as in Zoom.
 */
export const transports = ['webhook', 'WebSocket', 'both', 'none'] as const;
export const losses = ['nothing', 'once', 'for good'] as const;

export type Delivery = {
  transport: (typeof transports)[number];
  /** ms */
  late: number;
  isDoubled: boolean;
  isReordered: boolean;
  lost: (typeof losses)[number];
  hasFlowPosts: boolean;
};

export const promptDelivery: Delivery = {
  transport: 'webhook',
  late: 0,
  isDoubled: false,
  isReordered: false,
  lost: 'nothing',
  hasFlowPosts: true,
};

/** `after` in ms from now. */
type Sending<Event> = { event: Event; by: 'webhook' | 'WebSocket'; after: number; isLost: boolean };

const stepBack = 60;
const overtakenBy = 1_200;

/** `turn`: how many changes there were before this one. */
export function planDelivery<Event extends { delay: number }>(
  events: readonly Event[],
  delivery: Delivery,
  turn: number,
): Sending<Event>[] {
  const copies = delivery.isDoubled ? 2 : 1;
  const planned = events.flatMap((event, index) => {
    const backwards = (events.length - 1 - index) * stepBack + (turn % 2 === 0 ? overtakenBy : 0);
    const after = event.delay + delivery.late + (delivery.isReordered ? backwards : 0);
    return transportsOf(delivery).flatMap((by): Sending<Event>[] =>
      isNeverSent(delivery, by)
        ? []
        : Array.from({ length: copies }, () => ({ event, by, after, isLost: delivery.lost === 'once' })),
    );
  });
  return planned.toSorted((one, other) => one.after - other.after);
}

function transportsOf({ transport }: Delivery): Sending<unknown>['by'][] {
  if (transport === 'none') return [];
  return transport === 'both' ? ['webhook', 'WebSocket'] : [transport];
}

function isNeverSent({ lost }: Delivery, by: Sending<unknown>['by']): boolean {
  return lost === 'for good' || (lost === 'once' && by === 'WebSocket');
}
