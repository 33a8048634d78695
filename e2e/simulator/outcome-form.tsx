import { useState } from 'react';
import { addNote, close, dispose, type Engagement } from './contact-center.ts';
import type { Desk } from './desk.ts';

const dispositions = ['Resolved', 'Follow-up needed', 'Escalated', 'Wrong number'];

/** The outcome of an engagement: Zoom's own note and disposition, which reach Deskside as events. */
export function OutcomeForm({ desk, engagement }: { desk: Desk; engagement: Engagement }) {
  const { id, phase, disposition = '', notes = [] } = engagement;
  const [text, setText] = useState('');
  return (
    <section className="outcome" aria-label="Outcome">
      {notes.length > 0 && (
        <ul className="notes">
          {notes.map((note) => (
            <li key={note.id}>{note.text}</li>
          ))}
        </ul>
      )}
      <form
        className="inline"
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim() === '') return;
          desk.act((center) => addNote(center, id, { id: crypto.randomUUID(), text: text.trim() }));
          setText('');
        }}
      >
        <label className="grow">
          Note
          <input
            className="grow"
            value={text}
            autoComplete="off"
            placeholder="Zoom keeps it with the engagement"
            onChange={(event) => setText(event.target.value)}
          />
        </label>
        <button type="submit">Save note</button>
      </form>
      <div className="inline">
        <label>
          Disposition
          <select
            value={disposition}
            onChange={(event) => {
              const chosen = event.target.value;
              if (chosen) desk.act((center) => dispose(center, id, chosen));
            }}
          >
            <option value="" disabled>
              None
            </option>
            {dispositions.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        {phase === 'wrap-up' && (
          <button
            type="button"
            className="primary last"
            onClick={() => desk.act((center) => close(center, id, Date.now()))}
          >
            Close
          </button>
        )}
      </div>
    </section>
  );
}
