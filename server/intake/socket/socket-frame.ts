import { asObject } from '../normalize/json-fields.ts';

/**
 * A frame of Zoom's WebSocket: JSON with a `module`. Only build_connection and heartbeat are documented. Three public
 * clients expect the text of a webhook's body as the `content` of a message; an object is accepted as well.
 */
type SocketFrame =
  | { kind: 'built' }
  | { kind: 'refused' }
  | { kind: 'heartbeat' }
  | { kind: 'message'; body: string }
  | { kind: 'malformed' };

export const heartbeatFrame = JSON.stringify({ module: 'heartbeat' });

export function readSocketFrame(text: string): SocketFrame {
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
