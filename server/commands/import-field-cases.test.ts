import { Readable } from 'node:stream';
import { expect, it, onTestFinished } from 'vitest';
import { readCsv } from '../connectors/directory/csv.ts';
import { importCustomers } from '../connectors/directory/import-customers.ts';
import { identifiers } from '../customers/identifiers/identifiers.ts';
import { openDatabase } from '../platform/storage/database.ts';

/** The values on which customers are matched, and the reasons of the report. */
async function importFile(file: string) {
  const database = await openDatabase('sqlite::memory:');
  onTestFinished(() => database.close());
  const reasons: string[] = [];
  await importCustomers({
    database,
    rows: readCsv(Readable.from([Buffer.from(file)])),
    identifiers,
    country: 'US',
    dryRun: false,
    clock: () => 1,
    onProblem: ({ line, reason }) => reasons.push(`${line} ${reason}`),
  });
  const rows = await database.db.selectFrom('customer_identifiers').select('value').orderBy('kind').execute();
  return { values: rows.map(({ value }) => value), reasons };
}

it.each([
  {
    export: 'Google',
    file: 'id,First Name,Last Name,E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Value,Phone 1 - Label,Phone 1 - Value,Phone 2 - Value\n1,Ann,Lee,* Home,one@x.example ::: two@y.example,three@z.example,Mobile,(202) 555-0107 ::: 202-555-0108,202.555.0109\n',
    values: ['one@x.example', 'two@y.example', 'three@z.example', '+12025550107', '+12025550108', '+12025550109'],
  },
  {
    export: 'Salesforce',
    file: 'Id,FirstName,LastName,MobilePhone,HomePhone\n1,Ann,Lee,(202) 555-0107,202.555.0108\n',
    values: ['+12025550107', '+12025550108'],
  },
  {
    export: 'an agent CRM',
    file: 'id,name,phone_number,mobile,mobile_number,work_phone,work_phone_2,email_address\n1,Ann,2025550107,2025550108,2025550109,2025550110,2025550111,Ann@x.example\n',
    values: ['ann@x.example', '+12025550107', '+12025550108', '+12025550109', '+12025550110', '+12025550111'],
  },
  {
    export: 'Excel for Mac',
    file: 'id,name,phone\r1,Ann,="2025550107"\r2,Bob,2025550108\r',
    values: ['+12025550107', '+12025550108'],
  },
  {
    export: 'a list of addresses',
    file: 'id;name;email\n1;Ann;"one@x.example; two@y.example"\n2;Bob;"Lee, Ann <ann@x.example>"\n3;Cho;a@x.example / b@x.example\n',
    values: ['one@x.example', 'two@y.example', 'ann@x.example', 'a@x.example', 'b@x.example'],
  },
])('import of $export › each phone and e-mail is matched on, nothing is reported', async ({ file, values }) => {
  const imported = await importFile(file);
  expect(imported.reasons).toEqual([]);
  expect(imported.values.toSorted()).toEqual(values.toSorted());
});

it('import of a column that is not known › names it', async () => {
  const { values, reasons } = await importFile('id,name,Kontakt,Fax\n1,Ann,202-555-0107,(202) 555-0106\n');
  expect(values).toEqual([]);
  expect(reasons.map((reason) => reason.replace(/ holds.*/, ''))).toEqual(['2 "Kontakt"', '2 "Fax"']);
});
