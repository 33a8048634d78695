import { agents } from '../agents.ts';
import { flowOf, queues } from '../queues.ts';
import { storyPeople } from '../story-people.ts';
import { isoTime } from './event-bodies.ts';
import type { EngagementReport } from './rest-answers.ts';

const day = 86_400_000;

/** Engagements of the stories' known caller from before the simulator was started. */
export function describePast(startedAt: number): EngagementReport[] {
  const past = [
    { id: 'pastEngagementDemo001', daysAgo: 3, seconds: 412, queue: queues.Billing, agent: agents[1] },
    { id: 'pastEngagementDemo002', daysAgo: 11, seconds: 187, queue: queues.Support, agent: agents[0] },
  ];
  return past.map(({ id, daysAgo, seconds, queue, agent }) => ({
    engagement_id: id,
    direction: 'inbound',
    channel: 'voice',
    start_time: isoTime(startedAt - daysAgo * day),
    end_time: isoTime(startedAt - daysAgo * day + seconds * 1000),
    duration: seconds,
    consumers: [{ consumer_number: storyPeople.knownCaller.phone }],
    flows: [{ flow_id: flowOf(queue).id, flow_name: flowOf(queue).name }],
    queues: [{ cc_queue_id: queue.id, queue_name: queue.name }],
    agents: [{ user_id: agent.id, display_name: agent.name }],
    dispositions: [{ disposition_name: 'Resolved' }],
    notes: [],
  }));
}
