import { expect, test } from 'vitest';
import { createFakeSource } from './fake-source.ts';
import { createLookup } from './lookup.ts';

function prepare(defaultCountry?: string) {
  const source = createFakeSource(defaultCountry);
  const failures: unknown[] = [];
  source.put({ id: 'C-1', name: 'Ann Lee', phones: [{ raw: '020 7946 0001', value: '+442079460001' }] });
  return {
    source,
    lookUp: createLookup({ source, reportFailure: (error) => failures.push(error), deadlineMs: 20 }),
    failures,
  };
}
const call = (number: string) => ({ channel: 'voice', consumers: [{ number }] });

test('a caller is found by the exact number, with the stored form beside it', async () => {
  const { lookUp } = prepare();
  expect(await lookUp(call('+44 20 7946 0001'))).toEqual({
    kind: 'matched',
    customerId: 'C-1',
    rule: 'caller-id',
    evidence: [
      {
        kind: 'phone',
        origin: 'caller-id',
        raw: '+44 20 7946 0001',
        normalised: '+442079460001',
        hits: [{ customerId: 'C-1', customerName: 'Ann Lee', stored: '020 7946 0001' }],
        sharedBy: 1,
      },
    ],
  });
});

test('a national number is read in the country of the source', async () => {
  expect(await prepare('GB').lookUp(call('020 7946 0001'))).toMatchObject({ kind: 'matched' });
  expect(await prepare('US').lookUp(call('020 7946 0001'))).toMatchObject({ kind: 'none' });
});

test('a withheld number asks the source for nobody', async () => {
  const { source, lookUp } = prepare();
  expect(await lookUp(call('anonymous'))).toMatchObject({
    kind: 'none',
    evidence: [{ notLookedUp: 'withheld', hits: [] }],
  });
  expect(source.calls).toBe(1);
});

test.each(['down', 'hanging'] as const)(
  'a source that is %s is unavailable, what was tried is still told, and why is reported once',
  async (state) => {
    const { source, lookUp, failures } = prepare();
    source.state = state;
    expect(await lookUp(call('+442079460001'))).toEqual({
      kind: 'unavailable',
      source: 'Fake source',
      evidence: [
        {
          kind: 'phone',
          origin: 'caller-id',
          raw: '+442079460001',
          normalised: '+442079460001',
          hits: [],
          sharedBy: 0,
        },
      ],
    });
    expect(failures).toHaveLength(1);
  },
);

test('an e-mail that stands where a name should be is masked in the evidence too', async () => {
  const { source, lookUp } = prepare();
  source.put({ id: 'C-9', name: 'ann@northwind.example', phones: [{ raw: 'x', value: '+14155550109' }] });
  expect(JSON.stringify(await lookUp(call('+14155550109')))).not.toContain('northwind');
});
