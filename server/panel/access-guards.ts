import type { Agent } from '#contract/session.ts';
import type { EngagementAccess } from '../feature.ts';
import { AppError } from '../platform/errors.ts';

export type ReadAccess = (agent: Agent, engagementId: string) => Promise<EngagementAccess>;

/** For each kind of route the access it needs; throws where the agent lacks it. */
export function createAccessGuards(readAccess: ReadAccess) {
  const known: ReadAccess = async (agent, engagementId) => {
    const access = await readAccess(agent, engagementId);
    if (!access.isKnown) throw new AppError('not_found', 'This engagement is not known yet. Open it in Zoom first.');
    return access;
  };

  return {
    /** Any: the view shows what the access allows. */
    see: readAccess,

    /** Looks again for what the agent sees anyway. */
    known,

    /** Decides on the customer: in the engagement, or for the agent's own view while Zoom has not named them. */
    decide: async (agent: Agent, engagementId: string): Promise<EngagementAccess> => {
      const access = await known(agent, engagementId);
      if (access.kind !== 'own-observation' && !access.mayAct) throw over();
      return access;
    },

    /** Shows what is masked or hidden otherwise. */
    act: async (agent: Agent, engagementId: string): Promise<EngagementAccess> => {
      const access = await known(agent, engagementId);
      if (access.kind === 'own-observation') {
        throw new AppError(
          'not_confirmed',
          'Zoom has not confirmed yet that you are in this engagement. Try again in a moment.',
        );
      }
      if (!access.mayAct) throw over();
      return access;
    },
  };
}

const over = () => new AppError('forbidden', 'Your part in this engagement is over.', { reason: 'engagement-over' });
