/*
 * The posts of the demo flows' event scripts to Deskside when the agents' parts in an engagement change. Pure. Only
 * flows with scripts post; the bodies are the demo's own, as in Zoom the author of a script writes them. Scripts exist
 * for inbound engagements; the channel decides which of them runs.
 */
import { channels } from '../channels.ts';
import type { Engagement } from '../contact-center.ts';
import { flowOf } from '../queues.ts';
import { isOver } from './cloud-events.ts';
import type { Leg } from './event-bodies.ts';

export type FlowPost = { path: string; body: Record<string, string> };

export function flowPostsBetween(before: readonly Leg[], after: readonly Leg[]): FlowPost[] {
  const [last] = after.toReversed();
  if (!last) return [];
  const posts = after.flatMap((leg) => {
    const was = before.find(({ agent }) => agent.id === leg.agent.id)?.engagement;
    return was === leg.engagement ? [] : postsOf(was, leg);
  });
  const closes = !isOver(before) && isOver(after);
  const all = closes ? [...posts, post('/flow/events/engagement-closed', last)] : posts;
  return all.filter(() => flowOf(last.engagement.queue).hasScripts);
}

function postsOf(was: Engagement | undefined, leg: Leg): FlowPost[] {
  const is = leg.engagement;
  const { channel } = channels[is.channel];
  const isSpoken = channel === 'voice' || channel === 'video';
  const paths: string[] = [];
  if (!was && !is.transfer && channel === 'voice') paths.push('/flow/events/engagement-started');
  if (was?.acceptedAt === undefined && is.acceptedAt !== undefined) {
    if (is.transfer) paths.push('/flow/events/engagement-transferred');
    else paths.push(isSpoken ? '/flow/acceptedcall' : '/flow/events/engagement-assigned');
  }
  // Zoom runs it when the agent has saved a disposition and closed the engagement.
  if (was && was.phase !== 'end' && is.phase === 'end' && is.disposition) paths.push('/flow/dispositionedcall');
  return paths.map((path) => post(path, leg));
}

function post(path: string, { agent, engagement }: Leg): FlowPost {
  const { id, acceptedAt, consumers, queue, disposition, variables } = engagement;
  return {
    path,
    body: {
      ...Object.fromEntries(variables.map(({ name, value }) => [name, value])),
      engagementId: id,
      caller_number: consumers[0]?.consumerNumber ?? '',
      agent_email: acceptedAt === undefined ? '' : agent.email,
      queue_name: queue.name,
      ...(disposition !== undefined && path === '/flow/dispositionedcall' && { disposition_name: disposition }),
    },
  };
}
