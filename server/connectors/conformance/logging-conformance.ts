import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Activity, ConnectorDefinition } from '../port/connector.ts';
import type { SourceUnderTest } from './lookup-conformance.ts';

const startedAt = Date.UTC(2026, 10, 22, 10);

export function describeLogging(
  { name }: Pick<ConnectorDefinition, 'name'>,
  open: () => Promise<SourceUnderTest>,
): void {
  describe(`${name} activity log`, () => {
    let subject: SourceUnderTest;
    let activity: Activity;
    let caseNumber: string;

    beforeEach(async () => {
      subject = await open();
      const { id, caseNumbers } = await subject.put({
        name: 'Ann Lee',
        phones: ['+1 415 555 0101'],
        cases: [{ subject: 'Router restarts' }],
      });
      caseNumber = caseNumbers[0] ?? '';
      activity = {
        key: 'default.eng-1.call',
        engagementId: 'eng-1',
        channel: 'voice',
        direction: 'inbound',
        startedAt,
        endedAt: startedAt + 420_000,
        subject: 'Inbound call - Billing',
        disposition: 'Resolved',
        notes: 'Asked for "it" twice & <b>left</b>.\nSecond line: ü',
        fromNumber: '+14155550101',
        toNumber: '+12125550199',
        customerId: id,
        agent: { name: 'Mina Park', email: 'mina@deskside.example' },
      };
    });
    afterEach(async () => {
      await subject.stop();
      expect(subject.errors).toEqual([]);
    });

    const log = (changes: Partial<Activity> = {}) => subject.source.logActivity({ ...activity, ...changes });

    test('call with a case › customer, case, direction, duration and notes', async () => {
      expect(await log({ caseNumber })).toMatchObject({ kind: 'found', value: { isNew: true } });
      const activities = await subject.listActivities();
      expect(activities).toMatchObject([
        {
          customerId: activity.customerId,
          caseNumber,
          direction: 'inbound',
          seconds: 420,
          subject: expect.stringContaining('Inbound call - Billing'),
          notes: expect.stringContaining('Asked for "it" twice & <b>left</b>.'),
        },
      ]);
    });

    test('outbound call › is outbound', async () => {
      await log({ direction: 'outbound' });
      expect(await subject.listActivities()).toMatchObject([{ direction: 'outbound' }]);
    });

    test.each(['video', 'sms', 'chat', 'social', 'email', 'other'] as const)('%s › is logged', async (channel) => {
      expect(await log({ channel })).toMatchObject({ kind: 'found', value: { isNew: true } });
      expect(await log({ channel })).toMatchObject({ kind: 'found', value: { isNew: false } });
      expect(await subject.listActivities()).toHaveLength(1);
    });

    test('same key twice › one record', async () => {
      const first = await log({ caseNumber });
      const again = await log({ caseNumber });
      expect(again).toMatchObject({ kind: 'found', value: { isNew: false } });
      expect(again.kind === 'found' && first.kind === 'found' && again.value.id === first.value.id).toBe(true);
      expect(await subject.listActivities()).toHaveLength(1);
    });

    test('another key › another record', async () => {
      await log();
      expect(await log({ key: 'default.eng-2.call' })).toMatchObject({ kind: 'found', value: { isNew: true } });
      expect(await subject.listActivities()).toHaveLength(2);
    });

    test('call without a case › is logged', async () => {
      await log();
      expect(await subject.listActivities()).toMatchObject([
        { customerId: activity.customerId, caseNumber: undefined },
      ]);
    });

    test('deleted customer › nothing is logged', async () => {
      const gone = activity.customerId.replace(/[\da-z](?=[^\da-z]*$)/i, (last) => (last === '9' ? '8' : '9'));
      expect(await log({ customerId: gone })).toMatchObject({ kind: 'not-found' });
      expect(await subject.listActivities()).toEqual([]);
    });

    test('answer lost, logged again › one record', async () => {
      subject.dropNextWrite?.();
      const first = await log({ caseNumber });
      if (subject.dropNextWrite) expect(['unavailable', 'found']).toContain(first.kind);
      expect(await log({ caseNumber })).toMatchObject({ kind: 'found', value: { isNew: false } });
      expect(await subject.listActivities()).toMatchObject([
        { customerId: activity.customerId, caseNumber, seconds: 420 },
      ]);
    });
  });
}
