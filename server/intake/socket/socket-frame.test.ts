import { expect, test } from 'vitest';
import { readSocketFrame } from './socket-frame.ts';

const body = '{"event":"contact_center.engagement_user_answered","event_ts":1760000000000,"payload":{"object":{}}}';

test.each([
  ['a heartbeat’s reply', { module: 'heartbeat', success: true, content: 'live', header: {} }, { kind: 'heartbeat' }],
  [
    'a refused connection',
    { module: 'build_connection', success: false, content: 'token is empty', header: {} },
    { kind: 'refused' },
  ],
  ['a built connection', { module: 'build_connection', success: true, content: 'success' }, { kind: 'built' }],
  ['an event', { module: 'message', content: body }, { kind: 'message', body }],
  ['an event whose content is an object', { module: 'message', content: JSON.parse(body) }, { kind: 'message', body }],
  [
    'an event with success and header',
    { module: 'message', success: true, header: {}, content: body },
    { kind: 'message', body },
  ],
  ['success that is only nearly true', { module: 'build_connection', success: 'true' }, { kind: 'refused' }],
])('socket frame › %s › is read', (_name, frame, expected) =>
  expect(readSocketFrame(JSON.stringify(frame))).toEqual(expected),
);

test.each([
  '',
  'nonsense',
  '{"module":',
  'null',
  '[]',
  '"message"',
  '{}',
  '{"module":"weather"}',
  '{"module":"message"}',
  '{"module":"message","content":""}',
  '{"module":"message","content":null}',
  '{"module":"message","content":[1]}',
  '{"module":"__proto__"}',
])('socket frame › %s › is malformed', (text) => expect(readSocketFrame(text)).toEqual({ kind: 'malformed' }));
