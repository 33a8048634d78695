import { describe, expect, it } from 'vitest';
import type { EngagementEventKind } from '#contract/engagements.ts';
import type { AgentReference, EngagementEvent } from '../events.ts';
import { findStanding } from './access.ts';
import { reduceEvents } from './reduce-events.ts';

type Line = [kind: EngagementEventKind, agent?: string, ...others: string[]];

const hour = 3_600_000;
const toAgent = (name: string): AgentReference => (name.includes('@') ? { email: name } : { id: name });

/** The standing of agents, by user id, after these events; one a second, and `wait` ms after the last. */
function findStandings(lines: Line[], { wait = 0, trustPanels = false, email = null as string | null } = {}) {
  const events = lines.map(
    ([kind, agent, ...others], index): EngagementEvent => ({
      engagementId: 'E-1',
      key: `${index}`,
      at: 1_000 * (index + 1),
      origin: agent?.includes('@') ? 'flow' : 'webhook',
      kind,
      facts: {},
      ...(agent && { agent: toAgent(agent) }),
      ...(others.length > 0 && { others: others.map(toAgent) }),
    }),
  );
  const { involvement, endedAt } = reduceEvents(events);
  const now = 1_000 * events.length + wait;
  return (uid: string) => findStanding({ involvement, hasEnded: endedAt !== null }, { uid, email, now, trustPanels });
}

const mayAct = { kind: 'named', mayAct: true };
const mayOnlySee = { kind: 'named', mayAct: false };
const own = { kind: 'own-observation' };

const answered: Line[] = [['started'], ['ringing', 'A'], ['answered', 'A']];
const handedOver: Line[] = [
  ...answered,
  ['transfer-started', 'A', 'B'],
  ['transfer-accepted', 'A', 'B'],
  ['left', 'A'],
];

const takenByAnother: Line[] = [
  ...answered,
  ['transfer-started', 'A'],
  ['transfer-ringing', 'A', 'B'],
  ['transfer-ringing', 'A', 'C'],
  ['transfer-accepted', 'A', 'C'],
  ['transfer-completed', 'A', 'C'],
];

describe('standing of an agent', () => {
  it.each<[string, Line[], string, object]>([
    ['is not named', answered, 'B', own],
    ['is named like an inherited property', answered, 'constructor', own],
    ['is offered it', [['started'], ['ringing', 'A']], 'A', mayAct],
    ['answered', answered, 'A', mayAct],
    ['declined', [['started'], ['ringing', 'A'], ['declined', 'A']], 'A', { kind: 'formerly-named', until: 3_000 }],
    ['missed it', [['started'], ['ringing', 'A'], ['missed', 'A']], 'A', { kind: 'formerly-named', until: 3_000 }],
    ['is offered a transfer', [...answered, ['transfer-started', 'A', 'B']], 'B', mayAct],
    ['offers a transfer', [...answered, ['transfer-started', 'A', 'B']], 'A', mayAct],
    ['accepted a transfer', handedOver, 'B', mayAct],
    ['was rung in a transfer that another took', takenByAnother, 'B', { kind: 'formerly-named', until: 5_000 }],
    [
      'was named in a transfer that another took',
      [...answered, ['transfer-started', 'A', 'B'], ['transfer-accepted', 'A', 'C'], ['note', 'C']],
      'B',
      { kind: 'formerly-named', until: 4_000 },
    ],
    [
      'was rung in a transfer that was called off',
      [...answered, ['transfer-started', 'A'], ['transfer-ringing', 'A', 'B'], ['transfer-canceled', 'A']],
      'B',
      { kind: 'formerly-named', until: 5_000 },
    ],
    ['wrote a note about it', [...answered, ['note', 'X']], 'X', own],
    ['set its disposition', [...answered, ['disposition', 'X']], 'X', own],
    ['started its recording', [...answered, ['recording-started', 'X']], 'X', own],
    ['is named by another event', [...answered, ['other', 'X']], 'X', own],
    [
      'declined and wrote a note later',
      [['started'], ['ringing', 'A'], ['declined', 'A'], ['note', 'A']],
      'A',
      { kind: 'formerly-named', until: 3_000 },
    ],
    ['handed it over and wraps up', [...handedOver, ['wrap-up-started', 'A']], 'A', mayAct],
    [
      'handed it over and has wrapped up',
      [...handedOver, ['wrap-up-started', 'A'], ['wrap-up-ended', 'A']],
      'A',
      { kind: 'formerly-named', until: 8_000 },
    ],
    ['monitors', [...answered, ['monitor-started', 'A', 'S']], 'S', mayAct],
    [
      'no longer monitors',
      [...answered, ['monitor-started', 'A', 'S'], ['monitor-ended', 'A', 'S']],
      'S',
      { kind: 'formerly-named', until: 5_000 },
    ],
    ['joined a conference', [...answered, ['conference-invited', 'A', 'B'], ['conference-joined', 'B']], 'B', mayAct],
    ['holds a conference', [...answered, ['conference-invited', 'A', 'B'], ['conference-joined', 'B']], 'A', mayAct],
    ['was in it at its end', [...answered, ['ended']], 'A', mayOnlySee],
    ['left last and writes', [...answered, ['left', 'A']], 'A', mayAct],
    ['left last and has wrapped up', [...answered, ['left', 'A'], ['wrap-up-ended', 'A']], 'A', mayOnlySee],
    ['wraps up after the end', [...answered, ['left', 'A'], ['wrap-up-started', 'A'], ['ended']], 'A', mayAct],
  ])('%s › has the part that the rules give', (_, lines, uid, standing) => {
    expect(findStandings(lines)(uid)).toEqual(standing);
  });

  it('handed it over, and the end of the wrap-up was lost › is formerly named after an hour', () => {
    const lines: Line[] = [...handedOver, ['wrap-up-started', 'A']];
    expect(findStandings(lines, { wait: hour })('A')).toEqual(mayAct);
    expect(findStandings(lines, { wait: hour + 1 })('A')).toEqual({ kind: 'formerly-named', until: 7_000 });
  });

  it('left by a flow post › stays formerly named once Zoom names a colleague', () => {
    const email = 'u@northwind.example';
    const lines: Line[] = [
      ['answered', email],
      ['transfer-started', email],
      ['left', email],
    ];
    const before = findStandings([...lines, ['answered', 'b@northwind.example']], { email })('U');
    expect(before).toEqual({ kind: 'formerly-named', until: 3_000 });
    expect(findStandings([...lines, ['answered', 'B']], { email })('U')).toEqual(before);
  });

  it('wraps up for an hour › may act; a moment longer › may only see', () => {
    const lines: Line[] = [...answered, ['left', 'A'], ['wrap-up-started', 'A']];
    expect(findStandings(lines, { wait: hour })('A')).toEqual(mayAct);
    expect(findStandings(lines, { wait: hour + 1 })('A')).toEqual(mayOnlySee);
  });

  it('panels are trusted › counts only where Zoom names no agent by id', () => {
    const trusted = { kind: 'trusted' };
    expect(findStandings([['started']], { trustPanels: true })('B')).toEqual(trusted);
    expect(findStandings([['started'], ['other', 'a@acme.example']], { trustPanels: true })('B')).toEqual(trusted);
    expect(findStandings(answered, { trustPanels: true })('B')).toEqual(own);
    expect(findStandings(answered, { trustPanels: true })('A')).toEqual(mayAct);
    expect(findStandings([['started']])('B')).toEqual(own);
  });

  it('a flow names an e-mail › is the agent to whom Zoom gave that e-mail, while no event names their id', () => {
    const lines: Line[] = [['started'], ['other', 'Ann@Acme.example']];
    expect(findStandings(lines, { email: 'ann@acme.example' })('A')).toEqual(mayAct);
    expect(findStandings(lines, { email: 'bob@acme.example' })('A')).toEqual(own);
    expect(findStandings(lines)('A')).toEqual(own);
    const declined: Line[] = [...lines, ['ringing', 'A'], ['declined', 'A']];
    expect(findStandings(declined, { email: 'ann@acme.example' })('A')).toEqual({
      kind: 'formerly-named',
      until: 4_000,
    });
  });
});
