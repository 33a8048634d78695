import type { Activity } from '../port/connector.ts';

/** A call without a customer. */
export const fakeActivity: Activity = {
  key: 'k-1',
  engagementId: 'e-1',
  channel: 'voice',
  direction: 'inbound',
  startedAt: 0,
  endedAt: 60_000,
  subject: 'Call',
  notes: '',
  customerId: '',
  agent: { name: 'Mina Park', email: 'mina@deskside.example' },
};
