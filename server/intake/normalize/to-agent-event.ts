import type { AgentEvent } from '../../events.ts';
import { type JsonObject, readText, withoutAbsent } from './json-fields.ts';

/** Undefined if the object names no user. `at`: ms UTC. */
export function toAgentEvent(
  kind: AgentEvent['kind'],
  object: JsonObject,
  key: string,
  at: number,
): AgentEvent | undefined {
  const id = readShortText(object, 'user_id');
  if (id === undefined) return undefined;
  return {
    key,
    at,
    kind,
    agent: {
      id,
      ...withoutAbsent({
        name: readText(object, 'display_name', 'user_display_name')?.slice(0, 512),
        email: readShortText(object, 'user_email'),
      }),
    },
    ...withoutAbsent({
      status: readShortText(object, 'current_status_name'),
      subStatus: readShortText(object, 'current_sub_status_name'),
      queueId: readShortText(object, 'cc_queue_id', 'queue_id'),
      queueName: readText(object, 'queue_name')?.slice(0, 512),
    }),
  };
}

function readShortText(object: JsonObject, ...keys: string[]): string | undefined {
  const text = readText(object, ...keys);
  return text !== undefined && text.length <= 256 ? text : undefined;
}
