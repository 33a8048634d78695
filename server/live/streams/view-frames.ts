import type { Agent } from '#contract/session.ts';
import type { EngagementView } from '#contract/view.ts';
import { createConcurrencyLimit } from './concurrency-limit.ts';
import { toFrame } from './frames.ts';

export type ComposeView = (agent: Agent, engagementId: string) => Promise<EngagementView | undefined>;
export type ListOpen = (agent: Agent) => Promise<string[]>;

export type ViewFrames = ReturnType<typeof createViewFrames>;

/** After a restart all panels connect in the same second, and the database has few connections. */
const maxConcurrentViews = 8;

/** Composes the frames of streams, once for all streams of an agent that request the same at the same time. */
export function createViewFrames({ composeView, listOpen }: { composeView: ComposeView; listOpen: ListOpen }) {
  const limit = createConcurrencyLimit(maxConcurrentViews);
  const composing = new Map<string, Promise<Buffer | undefined>>();

  async function composeFrame(agent: Agent, engagementId: string, id: number): Promise<Buffer | undefined> {
    const view = await limit(() => composeView(agent, engagementId));
    return view && toFrame({ type: 'engagement', id, data: view });
  }

  return {
    /** The view as of `id` or later; undefined if the agent may not see it. */
    engagement(agent: Agent, engagementId: string, id: number): Promise<Buffer | undefined> {
      const key = JSON.stringify([agent.account, agent.uid, engagementId, id]);
      const known = composing.get(key);
      if (known) return known;
      const frame = composeFrame(agent, engagementId, id).finally(() => composing.delete(key));
      composing.set(key, frame);
      return frame;
    },

    /** All open engagements, as of `id` or later. */
    async reset(agent: Agent, id: number): Promise<Buffer> {
      const open = await limit(() => listOpen(agent));
      const views: EngagementView[] = [];
      for (const engagementId of open) {
        const view = await limit(() => composeView(agent, engagementId));
        if (view) views.push(view);
      }
      return toFrame({ type: 'reset', id, data: { views } });
    },
  };
}
