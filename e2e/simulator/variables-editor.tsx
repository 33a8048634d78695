import { useState } from 'react';
import { type Engagement, setVariable } from './contact-center.ts';
import type { Act } from './engagement-list.tsx';
import { flowVariable, releasedVariables } from './flow-variables.ts';

/** The variables of the flow, which may still change during the engagement. */
export function VariablesEditor({ engagement, act }: { engagement: Engagement; act: Act }) {
  const [name, setName] = useState('');
  const [value, setValue] = useState('');
  const known = engagement.variables.some((one) => one.name === name.trim());
  return (
    <section aria-label="Flow variables">
      <h3>Flow variables</h3>
      <table className="variables">
        <tbody>
          {engagement.variables.map((variable) => (
            <tr key={variable.id}>
              <th scope="row">{variable.name}</th>
              <td>{variable.value}</td>
              <td>
                <button
                  type="button"
                  className="quiet"
                  aria-label={`Change ${variable.name}`}
                  onClick={() => {
                    setName(variable.name);
                    setValue(variable.value);
                  }}
                >
                  Change
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {engagement.variables.length === 0 && <p className="nothing">The flow has set none.</p>}
      <form
        className="variable-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() === '') return;
          act((now) => setVariable(now, engagement.id, flowVariable(name.trim(), value)));
          setName('');
          setValue('');
        }}
      >
        <label>
          Variable
          <input
            value={name}
            list="released-variables"
            placeholder="Custom.case_number"
            onChange={(event) => setName(event.target.value)}
          />
        </label>
        <datalist id="released-variables">
          {releasedVariables.map((one) => (
            <option key={one.id} value={one.name} />
          ))}
        </datalist>
        <label>
          Value
          <input value={value} onChange={(event) => setValue(event.target.value)} />
        </label>
        <button type="submit">{known ? 'Change variable' : 'Set variable'}</button>
      </form>
    </section>
  );
}
