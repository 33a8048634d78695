import type { Agent } from '#contract/session.ts';
import type { EngagementView } from '#contract/view.ts';
import { createGate } from './concurrency-limit.ts';
import { toFrame } from './frames.ts';

export type ComposeView = (agent: Agent, engagementId: string) => Promise<EngagementView | undefined>;
export type ListOpen = (agent: Agent) => Promise<string[]>;

export type ViewFrames = ReturnType<typeof createViewFrames>;

/** Composing at once. A restart brings all panels in the same second, and the database has ten connections. */
const composingAtOnce = 8;

/** What streams send, composed once for all streams of an agent that ask while it is being made. */
export function createViewFrames({ composeView, listOpen }: { composeView: ComposeView; listOpen: ListOpen }) {
  const pass = createGate(composingAtOnce);
  const inMaking = new Map<string, Promise<Buffer | undefined>>();

  async function compose(agent: Agent, engagementId: string, id: number): Promise<Buffer | undefined> {
    const view = await pass(() => composeView(agent, engagementId));
    return view && toFrame({ type: 'engagement', id, data: view });
  }

  return {
    /** The view as it is at `id` or later; undefined when there is nothing for this agent to see. */
    engagement(agent: Agent, engagementId: string, id: number): Promise<Buffer | undefined> {
      const key = JSON.stringify([agent.account, agent.uid, engagementId, id]);
      const known = inMaking.get(key);
      if (known) return known;
      const making = compose(agent, engagementId, id).finally(() => inMaking.delete(key));
      inMaking.set(key, making);
      return making;
    },

    /** Everything that is open, as it is at `id` or later. */
    async reset(agent: Agent, id: number): Promise<Buffer> {
      const open = await pass(() => listOpen(agent));
      const views: EngagementView[] = [];
      for (const engagementId of open) {
        const view = await pass(() => composeView(agent, engagementId));
        if (view) views.push(view);
      }
      return toFrame({ type: 'reset', id, data: { views } });
    },
  };
}
