// @vitest-environment happy-dom

import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { fakeCard, matchedView } from '../engagements/fake-view.ts';
import { CustomerCard } from './customer-card.tsx';
import { SourcesFooter } from './sources-footer.tsx';

afterEach(() => {
  cleanup();
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
    cases: [
      {
        number: hostile,
        subject: hostile,
        status: hostile,
        priority: hostile,
        isOpen: true,
        isUrgent: true,
        source: source.id,
        url,
      },
    ],
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
  expect(show('pending')).toContain('Asking CRM…');
  expect(show('pending')).not.toMatch(/missing|No open cases|No earlier contact/);
  expect(show('unavailable')).toContain('Cases from CRM are missing.');
});

test('sources footer › one source pending, one failed › names both in one place, beside the age of the others', () => {
  const status = (label: string, state: 'pending' | 'found' | 'unavailable') => {
    const fetchedAt = state === 'found' ? Date.now() : null;
    return { id: label, label, state, fetchedAt };
  };
  const sources = [status('Directory', 'found'), status('Zendesk', 'pending'), status('HubSpot', 'unavailable')];
  render(<SourcesFooter sources={sources} records={[]} />);
  const footer = screen.getByRole('region', { name: 'Sources' });
  expect(footer.textContent).toMatch(/^Directory · Asking Zendesk… · 0s ago/);
});
