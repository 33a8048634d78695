// @vitest-environment happy-dom

import { act, cleanup, render } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import { fakeCard, matchedView } from '../engagements/fake-view.ts';
import { CustomerCard } from './customer-card.tsx';
import { SourceFailures } from './source-states.tsx';

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

test('customer card › markup in any value, label or link › creates no element and no address', () => {
  const hostile = '<img src=x onerror="globalThis.broken=1"><script>globalThis.broken=1</script>&lt;b&gt;';
  const source = { id: 'crm', label: hostile, fetchedAt: Date.now() };
  const url = 'javascript:globalThis.broken=1';
  const customer = fakeCard('crm:1', {
    name: hostile,
    company: hostile,
    tier: hostile,
    alerts: [hostile],
    owner: hostile,
    accountNumber: hostile,
    language: hostile,
    timeZone: hostile,
    mergedBy: ['phone'],
    phones: [{ masked: hostile, source: source.id }],
    emails: [{ masked: hostile, source: source.id }],
    cases: [{ number: hostile, subject: hostile, status: hostile, priority: hostile, source: source.id, url }],
    interactions: [{ at: Date.now(), channel: hostile, summary: hostile, agent: hostile, source: source.id }],
    details: [{ name: hostile, value: hostile, source: source.id }],
    records: [
      { id: 'crm:1', source, url, missing: [] },
      { id: 'crm:2', source, missing: [{ part: 'cases', state: 'forbidden' }] },
    ],
    differences: [{ field: 'tier', values: [{ value: hostile, source: source.id }] }],
  });
  const view = matchedView(customer.id, {
    card: customer,
    sources: [{ id: source.id, label: hostile, state: 'unavailable', fetchedAt: null }],
  });
  const { container } = render(
    <CustomerCard customer={customer} view={view} reveal={null}>
      {null}
    </CustomerCard>,
  );
  expect(container.querySelector('h1')?.textContent).toBe(hostile);
  expect(container.querySelector('img, script, b, iframe, [href], [src], [onerror]')).toBeNull();
  expect(globalThis).not.toHaveProperty('broken');
});

test('customer card › a record is pending › neither lists cases nor claims there are none', () => {
  const source = { id: 'crm', label: 'CRM', fetchedAt: Date.now() };
  const show = (state: 'pending' | 'unavailable') => {
    const parts = ['cases', 'interactions', 'company'] as const;
    const missing = parts.map((part) => ({ part, state }));
    const customer = fakeCard('crm:1', { cases: [], interactions: [], records: [{ id: 'crm:1', source, missing }] });
    const view = matchedView(customer.id, { card: customer, sources: [{ ...source, state }] });
    const card = (
      <CustomerCard customer={customer} view={view} reveal={null}>
        {null}
      </CustomerCard>
    );
    return render(card).container.textContent ?? '';
  };
  expect(show('pending')).toMatch(/Cases(?!CRM)/);
  expect(show('pending')).not.toMatch(/did not give|No cases|No earlier contact/);
  expect(show('unavailable')).toContain('CRM did not give us the cases.');
});

test('pending sources › three seconds after the look-up began › are named, even if others answered meanwhile', () => {
  vi.useFakeTimers();
  const asked = (...ids: string[]) =>
    ['Salesforce', 'Zendesk'].map((label) => {
      const state = ids.includes(label) ? ('pending' as const) : ('not-found' as const);
      return { id: label, label, state, fetchedAt: null };
    });
  const { container, rerender } = render(<SourceFailures sources={asked('Salesforce', 'Zendesk')} />);
  act(() => vi.advanceTimersByTime(2_000));
  rerender(<SourceFailures sources={asked('Zendesk')} />);
  expect(container.textContent).toBe('');
  act(() => vi.advanceTimersByTime(1_000));
  expect(container.textContent).toBe('Still looking in Zendesk');
});
