/*
 * Which part of an engagement an agent may see, and whether they may act in it. The id of an engagement is no secret
 * and a panel's observation is a claim, so access follows from Zoom's events and flow posts alone.
 *
 *   named            Zoom names the agent, who has not left (involvement.ts). Sees all; changes are pushed. May act
 *                    while it is open for them: present and not ended, or wrapping up for at most an hour. After that
 *                    hour an agent who handed it over is `formerly-named`, even if the end of the wrap-up was lost.
 *   formerly-named   has left while it went on elsewhere. Sees it as it was at the last event that names them, until
 *                    its retention; later changes are not pushed. May not act, and sees no sensitive fields.
 *   own-observation  anyone else. Sees what their own panel observed and the customer found by it. Their link decisions
 *                    count for their own view until Zoom names them. May not act.
 *   trusted          TRUST_PANELS=1, and Zoom names no agent by id in this engagement: like `named` and open.
 *
 * An agent is named by user id, or by the e-mail of a flow post if Zoom's agent events gave the user that e-mail and no
 * event names the id. When an event names an agent, the change is pushed to them.
 *
 * Not guaranteed: while Zoom's events do not arrive, nobody is named and nobody may act.
 */
import type { Involvement, Part } from './involvement.ts';

const maxWrapUpMs = 3_600_000;

export type Standing =
  | { kind: 'named'; mayAct: boolean }
  /** `until`: ms UTC, of the last event they may see. */
  | { kind: 'formerly-named'; until: number }
  | { kind: 'own-observation' }
  | { kind: 'trusted' };

export function findStanding(
  { involvement, hasEnded }: { involvement: Involvement; hasEnded: boolean },
  reader: { uid: string; email: string | null; now: number; trustPanels: boolean },
): Standing {
  const { agents, emails } = involvement;
  const part = findPart(agents, reader.uid) ?? (reader.email === null ? undefined : findPart(emails, reader.email));
  if (part === undefined) {
    const isTrusted = reader.trustPanels && Object.keys(agents).length === 0;
    return { kind: isTrusted ? 'trusted' : 'own-observation' };
  }
  switch (part.status) {
    case 'present':
      return { kind: 'named', mayAct: !hasEnded };
    case 'wrapping-up':
      if (reader.now - part.at <= maxWrapUpMs) return { kind: 'named', mayAct: true };
      return part.isLast ? { kind: 'named', mayAct: false } : { kind: 'formerly-named', until: part.at };
    case 'done':
      return { kind: 'named', mayAct: false };
    case 'left':
      return { kind: 'formerly-named', until: part.at };
  }
}

/** Own properties only: an id may be the name of a property that every object inherits. */
const findPart = (parts: Record<string, Part>, key: string) => (Object.hasOwn(parts, key) ? parts[key] : undefined);
