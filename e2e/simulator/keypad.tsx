import { useState } from 'react';

const keys = [...'123456789*0#'];

/** Collects keys and sends them together, as Zoom's event has them. */
export function Keypad({ onSend }: { onSend(keys: string): void }) {
  const [pressed, setPressed] = useState('');
  return (
    <form
      className="drawer keypad"
      aria-label="Keypad"
      onSubmit={(event) => {
        event.preventDefault();
        if (pressed === '') return;
        onSend(pressed);
        setPressed('');
      }}
    >
      <div className="keys">
        {keys.map((key) => (
          <button key={key} type="button" onClick={() => setPressed(pressed + key)}>
            {key}
          </button>
        ))}
      </div>
      <label>
        Keys
        <input
          value={pressed}
          inputMode="tel"
          autoComplete="off"
          onChange={(event) => setPressed(event.target.value.replace(/[^\d*#]/g, ''))}
        />
      </label>
      <button type="submit">Send</button>
    </form>
  );
}
