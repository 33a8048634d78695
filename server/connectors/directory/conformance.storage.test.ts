import { afterAll, beforeAll, describe } from 'vitest';
import { type DatabaseUnderTest, databasesUnderTest } from '../../platform/storage/storage-conformance.ts';
import { connectToFake } from '../conformance/connect-for-tests.ts';
import { describeConnectorConformance } from '../conformance/connector-conformance.ts';
import type { FakeActivity, FakeCustomer } from '../conformance/fake-crm-server.ts';
import { identifierReaderForTests } from '../conformance/identifier-reader-for-tests.ts';
import type { Activity } from '../port/connector.ts';
import type { FileCustomer, FileRow } from './customer-file.ts';
import { directory } from './definition.ts';
import { importCustomers } from './import-customers.ts';

describe.each(databasesUnderTest)('on $name', ({ open }) => {
  let database: DatabaseUnderTest;
  let count = 0;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database.close());

  describeConnectorConformance({
    definition: directory,
    async open() {
      const { source, errors } = connectToFake(directory, { settings: {}, secrets: {} }, { database });
      return {
        source,
        errors,
        listActivities,
        keepsNormalized: true,
        async put(customer) {
          const put = toFileCustomer(customer, () => ++count);
          await importOne(put);
          return { id: put.id, caseNumbers: put.cases.map(({ number }) => number) };
        },
        stop: forgetAll,
      };
    },
  });

  async function importOne(customer: FileCustomer): Promise<void> {
    async function* rows(): AsyncGenerator<FileRow> {
      yield { line: 1, kind: 'customer', customer };
    }
    await importCustomers({
      database,
      rows: rows(),
      identifiers: identifierReaderForTests,
      country: undefined,
      dryRun: false,
      clock: () => 1_000,
      onProblem: () => {},
    });
  }

  async function listActivities(): Promise<FakeActivity[]> {
    const rows = await database.db.selectFrom('directory_activities').select('activity').orderBy('at').execute();
    return rows.map(({ activity }) => {
      const { key, subject, notes, customerId, caseNumber, direction, startedAt, endedAt } = JSON.parse(
        activity,
      ) as Activity;
      const seconds = (endedAt - startedAt) / 1_000;
      return { id: key, key, subject, notes, customerId, caseNumber, direction, seconds };
    });
  }

  async function forgetAll(): Promise<void> {
    for (const table of ['directory_activities', 'customer_name_words', 'customer_identifiers', 'customers'] as const) {
      await database.db.deleteFrom(table).execute();
    }
  }
});

function toFileCustomer(customer: FakeCustomer, nextNumber: () => number): FileCustomer {
  const {
    name,
    company,
    phones = [],
    emails = [],
    owner,
    tier,
    accountNumber,
    cases = [],
    interactions = [],
  } = customer;
  const fields = Object.entries({ owner, tier, accountNumber }).flatMap(([field, value]) =>
    value === undefined ? [] : [[field, value] as const],
  );
  return {
    id: `C-${nextNumber()}`,
    name,
    company,
    phones,
    emails,
    fields: Object.fromEntries(fields),
    cases: cases.map(({ subject, status = 'open', priority, updatedAt }) => {
      return { number: `CS-${nextNumber()}`, subject, status, priority, updatedAt };
    }),
    interactions: interactions.map((one) => ({ channel: undefined, agent: undefined, ...one })),
  };
}
