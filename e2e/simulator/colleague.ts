import { type Arrival, addNote, answer, type ContactCenter, hold, ring, type TransferType } from './contact-center.ts';
import { type Desk, newEngagementId } from './desk.ts';

/** The other agent's part in an engagement before its transfer to this one. */
export type Colleague = { type: TransferType; spokeSeconds: number; heldSeconds: number; note: string };

/**
 * Plays the other agent: they answered some minutes ago, held, took a note, and transfer it now. The cloud receives
 * each step with its time.
 */
export function handOver(
  desk: Desk,
  arrival: Omit<Arrival, 'id'>,
  { type, spokeSeconds, heldSeconds, note }: Colleague,
) {
  const { agents, center } = desk.getState();
  const colleague = agents.find(({ id }) => id !== center.agent.id);
  if (!colleague) throw new Error('There is nobody else here');
  const id = newEngagementId();
  const now = Date.now();
  const did = (secondsAgo: number, verb: (center: ContactCenter, at: number) => ContactCenter) => {
    const at = now - secondsAgo * 1000;
    desk.actAs(colleague, (theirs) => verb(theirs, at), at);
  };
  const answered = spokeSeconds + heldSeconds;
  did(answered + 8, (theirs, at) => ring(theirs, { ...arrival, id }, at));
  did(answered, (theirs, at) => answer(theirs, id, at));
  did(heldSeconds + 30, (theirs) => hold(theirs, id, true));
  did(30, (theirs) => hold(theirs, id, false));
  did(10, (theirs) => addNote(theirs, id, { id: crypto.randomUUID(), text: note }));
  desk.transfer({ from: colleague, engagementId: id, to: center.agent, type }, now);
}
