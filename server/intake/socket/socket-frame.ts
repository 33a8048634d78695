import { asObject } from '../normalize/read-fields.ts';

/**
 * What Zoom sends on its WebSocket: JSON with a `module`. Only the beginning and the heartbeat are documented; that the
 * `content` of a message is the text of a webhook's body was seen in three clients, so an object is taken as well.
 */
export type SocketFrame =
  | { kind: 'built' }
  | { kind: 'refused' }
  | { kind: 'heartbeat' }
  | { kind: 'message'; body: string }
  | { kind: 'malformed' };

export const heartbeatFrame = JSON.stringify({ module: 'heartbeat' });

export function readFrame(text: string): SocketFrame {
  const frame = asObject(parse(text));
  switch (frame?.module) {
    case 'build_connection':
      return { kind: frame.success === true ? 'built' : 'refused' };
    case 'heartbeat':
      return { kind: 'heartbeat' };
    case 'message': {
      const body = typeof frame.content === 'string' ? frame.content : asObject(frame.content);
      if (body === undefined || body === '') return { kind: 'malformed' };
      return { kind: 'message', body: typeof body === 'string' ? body : JSON.stringify(body) };
    }
    default:
      return { kind: 'malformed' };
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
