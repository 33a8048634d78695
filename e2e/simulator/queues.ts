/**
 * The demo's queues. Each is reached by a flow of its own, whose number the consumer dials; `hasScripts`: the flow's
 * event scripts post to Deskside.
 */
export type Queue = { id: string; name: string };

type Flow = { id: string; name: string; number: string; hasScripts: boolean };

export const queues = {
  Billing: { id: 'queue_demo_billing_01', name: 'Billing' },
  Support: { id: 'queue_demo_support_02', name: 'Support' },
  Sales: { id: 'queue_demo_sales_03', name: 'Sales' },
} as const satisfies Record<string, Queue>;

export type QueueName = keyof typeof queues;
export const queueNames = Object.keys(queues) as QueueName[];

const flows: Record<string, Flow> = {
  [queues.Billing.id]: { id: 'flow_demo_billing_01', name: 'Billing line', number: '+14155550110', hasScripts: true },
  [queues.Support.id]: { id: 'flow_demo_support_02', name: 'Support line', number: '+14155550120', hasScripts: true },
  [queues.Sales.id]: { id: 'flow_demo_sales_03', name: 'Sales line', number: '+14155550130', hasScripts: false },
};

export function flowOf(queue: Queue): Flow {
  return flows[queue.id] ?? { id: 'flow_demo_other_00', name: 'Other', number: '+14155550100', hasScripts: false };
}
