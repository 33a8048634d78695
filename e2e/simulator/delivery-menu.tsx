import { type Delivery, losses, promptDelivery, transports } from './cloud/delivery.ts';
import { cutWebSocket } from './cloud-link.ts';
import type { Desk } from './desk.ts';

/** How Zoom's cloud delivers events to Deskside: the failures that a server must handle. */
export function DeliveryMenu({ desk, delivery }: { desk: Desk; delivery: Delivery }) {
  const conditions = describeDelivery(delivery);
  return (
    <details className="menu">
      <summary title={conditions === '' ? 'Everything arrives at once and in order' : `Events: ${conditions}`}>
        Cloud{conditions === '' ? '' : ' · troubled'}
      </summary>
      <div className="menu-body">
        <p>How the simulated cloud sends Deskside’s server its events.</p>
        <Choice
          label="Way"
          value={delivery.transport}
          options={transports}
          onChoose={(transport) => desk.deliver({ transport })}
        />
        <label>
          Late, ms
          <input
            type="number"
            min={0}
            max={600_000}
            value={delivery.late}
            onChange={(event) => desk.deliver({ late: event.target.valueAsNumber || 0 })}
          />
        </label>
        <Choice label="Lost" value={delivery.lost} options={losses} onChoose={(lost) => desk.deliver({ lost })} />
        <Switch label="Doubled" isOn={delivery.isDoubled} onTurn={(isDoubled) => desk.deliver({ isDoubled })} />
        <Switch label="Reordered" isOn={delivery.isReordered} onTurn={(isReordered) => desk.deliver({ isReordered })} />
        <Switch
          label="Flow posts"
          isOn={delivery.hasFlowPosts}
          onTurn={(hasFlowPosts) => desk.deliver({ hasFlowPosts })}
        />
        <button type="button" onClick={() => void cutWebSocket()}>
          Cut the WebSocket (10 s or more)
        </button>
      </div>
    </details>
  );
}

function describeDelivery(delivery: Delivery): string {
  const words = [
    delivery.transport === promptDelivery.transport ? '' : delivery.transport,
    delivery.late > 0 ? 'late' : '',
    delivery.isDoubled ? 'doubled' : '',
    delivery.isReordered ? 'reordered' : '',
    delivery.lost === 'nothing' ? '' : 'lost',
  ];
  return words.filter((word) => word !== '').join(', ');
}

function Choice<Option extends string>(of: {
  label: string;
  value: Option;
  options: readonly Option[];
  onChoose(option: Option): void;
}) {
  return (
    <label>
      {of.label}
      <select
        value={of.value}
        onChange={(event) => {
          const chosen = of.options.find((option) => option === event.target.value);
          if (chosen !== undefined) of.onChoose(chosen);
        }}
      >
        {of.options.map((option) => (
          <option key={option}>{option}</option>
        ))}
      </select>
    </label>
  );
}

function Switch({ label, isOn, onTurn }: { label: string; isOn: boolean; onTurn(isOn: boolean): void }) {
  return (
    <label>
      {label}
      <input type="checkbox" checked={isOn} onChange={(event) => onTurn(event.target.checked)} />
    </label>
  );
}
