import { describe, expect, it } from 'vitest';
import type { EngagementView } from '#contract/view.ts';
import { emptyRecord } from './fake-access.ts';
import { unknownCustomer } from './fake-engagements.ts';
import { serializeView } from './serialize-view.ts';

const view: EngagementView = {
  engagementId: 'E-"1"',
  engagement: { facts: { channel: 'voice' }, record: emptyRecord },
  customer: unknownCustomer,
  sources: [],
  history: { kind: 'not-asked' },
};

describe('serialized view', () => {
  it('any view › is the JSON of it', () => {
    expect(serializeView(view)).toBe(JSON.stringify(view));
    expect(serializeView(view)).toBe(JSON.stringify(view));
  });

  it('a group is absent › is left out', () => {
    const withAbsent = { ...view, notes: undefined } as EngagementView;
    expect(serializeView(withAbsent)).toBe(JSON.stringify(view));
  });

  it('a group changes › the new one is in the text', () => {
    serializeView(view);
    const changed: EngagementView = { ...view, engagement: { ...view.engagement, facts: { channel: 'email' } } };
    expect(serializeView(changed)).toBe(JSON.stringify(changed));
  });
});
