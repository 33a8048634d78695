import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCsv } from './csv.ts';
import type { FileCustomer, FileRow } from './customer-file.ts';
import { readNdjson } from './ndjson.ts';

type Reader = typeof readCsv;

async function read(reader: Reader, file: string | Uint8Array, pieceLength = 7): Promise<FileRow[]> {
  const bytes = Buffer.from(file);
  const pieces: Buffer[] = [];
  for (let start = 0; start < bytes.length; start += pieceLength)
    pieces.push(bytes.subarray(start, start + pieceLength));
  const rows: FileRow[] = [];
  for await (const row of reader(Readable.from(pieces))) rows.push(row);
  return rows;
}

function reasons(rows: FileRow[]): Record<number, string> {
  return Object.fromEntries(rows.flatMap((row) => (row.kind === 'rejected' ? [[row.line, row.reason]] : [])));
}

function customers(rows: FileRow[]): FileCustomer[] {
  return rows.flatMap((row) => (row.kind === 'customer' ? [row.customer] : []));
}

function ids(rows: FileRow[]): string[] {
  return customers(rows).map(({ id }) => id);
}

const ann = { id: 'C-1', name: 'Ann' };
const nothing = { phones: [], emails: [], fields: {}, cases: [], interactions: [] };

describe('NDJSON customer file', () => {
  test('all fields › are read, times in ms UTC', async () => {
    const line = {
      id: 'C-1001',
      name: 'Ann Lee',
      company: 'Northwind',
      phones: ['+1 415 555 0101', '(028) 3822 0000'],
      emails: ['ann@northwind.example'],
      fields: { tier: 'Gold', seats: 12, vip: true, none: null },
      cases: [
        { number: 'CS-1042', subject: 'Router', status: 'open', priority: 'high', updatedAt: '2026-11-20T09:00:00Z' },
      ],
      interactions: [{ at: '2026-10-02T17:20:00+02:00', channel: 'voice', summary: 'Invoice', agent: 'Mina' }],
    };
    expect(customers(await read(readNdjson, JSON.stringify(line)))).toEqual([
      {
        ...line,
        fields: { tier: 'Gold', seats: '12', vip: 'true' },
        cases: [{ ...line.cases[0], updatedAt: Date.UTC(2026, 10, 20, 9) }],
        interactions: [{ ...line.interactions[0], at: Date.UTC(2026, 9, 2, 15, 20) }],
      },
    ]);
  });

  test('byte order mark, CRLF, blank lines, no last line end, null › are accepted', async () => {
    const rows = await read(
      readNdjson,
      '\uFEFF{"id":"1","name":"A"}\r\n\r\n  \n{"id":"2","name":"B","company":null,"cases":null}',
    );
    expect(rows.map(({ line }) => line)).toEqual([1, 4]);
    expect(customers(rows)).toEqual([
      { id: '1', name: 'A', ...nothing },
      { id: '2', name: 'B', ...nothing },
    ]);
  });

  test.each([
    ['not JSON', '{"id":', 'the line is not valid JSON'],
    ['no object', '[]', 'must be an object'],
    ['nothing', 'null', 'must be an object'],
    ['no id', '{"name":"A"}', 'id: is missing'],
    ['no name', '{"id":"1"}', 'name: is missing'],
    ['a blank name', '{"id":"1","name":" \\t"}', 'name: is empty'],
    ['a number as id', '{"id":1,"name":"A"}', 'id: must be text'],
    ['a long id', JSON.stringify({ ...ann, id: 'x'.repeat(257) }), 'id: is longer than 256 characters'],
    ['a long name', JSON.stringify({ ...ann, name: 'x'.repeat(513) }), 'name: is longer than 512 characters'],
    ['an unknown key', '{"id":"1","name":"A","phone":"1"}', '"phone" is not a known key; put it into "fields"'],
    ['phones that are no list', '{"id":"1","name":"A","phones":"1"}', 'phones: must be a list'],
    ['a phone that is a number', '{"id":"1","name":"A","phones":[1]}', 'phones.1: must be text'],
    ['51 phones', JSON.stringify({ ...ann, phones: Array(51).fill('1') }), 'phones: has more than 50 entries'],
    ['51 e-mails', JSON.stringify({ ...ann, emails: Array(51).fill('a') }), 'emails: has more than 50 entries'],
    ['a case without subject', '{"id":"1","name":"A","cases":[{"number":"1"}]}', 'cases.1.subject: is missing'],
    [
      '501 cases',
      JSON.stringify({ ...ann, cases: Array(501).fill({ number: '1', subject: 's' }) }),
      'cases: has more than 500 entries',
    ],
    ['a control character in the id', '{"id":"1\\u0007","name":"A"}', 'id: holds a control character'],
    ['a NUL', '{"id":"1","name":"A\\u0000"}', 'name: holds a character that is not text'],
    ['a lone surrogate', '{"id":"1","name":"A\\ud800"}', 'name: holds a character that is not text'],
    ['an object as a field', '{"id":"1","name":"A","fields":{"x":{}}}', 'fields.x: must be text'],
    ['a field name that is no text', '{"id":"1","name":"A","fields":{"x\\u0000":"1"}}', 'fields.x: has a name that is'],
    ['digits that would be lost', '{"id":"1","name":"A","fields":{"x":9007199254740993}}', 'fields.x: is a number too'],
    ['an infinite number', '{"id":"1","name":"A","fields":{"x":1e400}}', 'fields.x: must be'],
    [
      'a time without a zone',
      JSON.stringify({ ...ann, interactions: [{ at: '2026-01-01T10:00' }] }),
      'interactions.1.at: ',
    ],
    [
      'a time that is none',
      JSON.stringify({ ...ann, interactions: [{ at: '2026-13-01' }] }),
      'interactions.1.at: must be',
    ],
    ['a very deep value', `{"id":"1","name":"A","fields":${'['.repeat(200_000)}`, 'the line is not valid JSON'],
    ['a line of more than 1 MB', `{"id":"1","name":"${'x'.repeat(1024 * 1024)}"}`, 'the line is longer than 1 MB'],
  ])('row with %s › is rejected with line and column, the rest is read', async (_, line, reason) => {
    const rows = await read(readNdjson, `{"id":"0","name":"Z"}\n${line}\n{"id":"9","name":"Y"}\n`, 64 * 1024);
    expect(reasons(rows)[2]).toContain(reason);
    expect(ids(rows)).toEqual(['0', '9']);
  });

  test('rejected row › reason contains no value', async () => {
    const secret = 'canary-7731';
    const lines = [`{"id":"1","name":"${secret}`, `{"id":["${secret}"],"name":"A"}`, `"${secret}"`];
    expect(JSON.stringify(await read(readNdjson, lines.join('\n')))).not.toContain(secret);
  });

  test('line is not UTF-8 › is rejected', async () => {
    const bytes = Buffer.concat([
      Buffer.from('{"id":"1","name":"'),
      Buffer.from([0xe9]),
      Buffer.from('"}\n{"id":"2","name":"B"}'),
    ]);
    const rows = await read(readNdjson, bytes);
    expect(reasons(rows)).toEqual({ 1: 'the line is not valid UTF-8' });
    expect(ids(rows)).toEqual(['2']);
  });

  test('duplicate keys, __proto__ › last key counts, nothing is polluted', async () => {
    const rows = await read(
      readNdjson,
      '{"id":"1","id":"2","name":"A","fields":{"__proto__":"x","a":"1","a":"2"}}\n{"id":"3","name":"B","__proto__":{"admin":true}}',
    );
    expect(customers(rows)).toEqual([{ id: '2', name: 'A', ...nothing, fields: { a: '2' } }]);
    expect(reasons(rows)[2]).toContain('__proto__');
    expect(Object.hasOwn(Object.prototype, 'admin')).toBe(false);
  });

  test('any text › NFC, trimmed, name on one line', async () => {
    const rows = await read(
      readNdjson,
      JSON.stringify({ id: ' 1 ', name: ' Tra\u0302\u0300n \n Ðạt', fields: { x: 'e\u0301' } }),
    );
    expect(customers(rows)).toEqual([{ id: '1', name: 'Trần Ðạt', ...nothing, fields: { x: 'é' } }]);
  });
});

describe('CSV customer file', () => {
  test('header in any case and spacing › is recognized, other columns are fields', async () => {
    const rows = await read(
      readCsv,
      '\uFEFFID, Name ,COMPANY,phone,Phone 2,phone_3,E-Mail,email_2,Tier,__proto__\r\nC-1,Ann,Acme,1,2,,a@x.example,,Gold,p\r\n',
    );
    expect(customers(rows)).toEqual([
      {
        ...nothing,
        id: 'C-1',
        name: 'Ann',
        company: 'Acme',
        phones: ['1', '2'],
        emails: ['a@x.example'],
        fields: { Tier: 'Gold' },
      },
    ]);
  });

  test('commas, quotes, line ends inside quotes › are kept, lines counted as in an editor', async () => {
    const rows = await read(readCsv, 'id,name,note\n1,"Lee, ""Ann""","a\r\n\r\nb"\n\n2,Bob,\n3,,x\n');
    expect(rows.map(({ line }) => line)).toEqual([2, 6, 7]);
    expect(customers(rows)[0]).toMatchObject({ name: 'Lee, "Ann"', fields: { note: 'a\n\nb' } });
    expect(reasons(rows)).toEqual({ 7: 'name: is empty' });
  });

  test('too few or too many cells › row is rejected', async () => {
    const rows = await read(readCsv, 'id,name,x\n1,A\n2,B,1\n3,C,1,2\n');
    expect(reasons(rows)).toEqual({ 2: 'has 2 cells where the header has 3', 4: 'has 4 cells where the header has 3' });
    expect(ids(rows)).toEqual(['2']);
  });

  test.each([
    ['at the end of the file', '1,A\n2,"B\n3,C\n4,D', 'never closed'],
    ['before a line with quotes', '1,A\n2,"B\n3,"C"\n4,D', 'goes on after its closing quote'],
    ['before a quote that would close it', '1,A\n2,"B\n3,C\n4,"D"\n', 'goes on after'],
    ['inside a cell', '1,A\n2,5" tube\n3,C\n4,D', 'inside a cell'],
  ])('stray quote %s › only that line is rejected', async (_, body, reason) => {
    const rows = await read(readCsv, `id,name\n${body}`);
    expect(ids(rows)).toEqual(['1', '3', '4']);
    expect(Object.keys(reasons(rows))).toEqual(['3']);
    expect(reasons(rows)[3]).toContain(reason);
  });

  test('quote open for 64 kB › row is rejected', async () => {
    const many = Array.from({ length: 20_000 }, (_, index) => `${index},Somebody`).join('\n');
    const rows = await read(readCsv, `id,name\nx,"A\n${many}\n`, 64 * 1024);
    expect(customers(rows)).toHaveLength(20_000);
    expect(reasons(rows)).toEqual({ 2: 'a quote is opened and never closed' });
  });

  test('adversarial quotes and columns › linear time', async () => {
    const openQuote = `1,"${'""\n'.repeat(20_000)}`;
    const start = process.cpuUsage();
    expect(customers(await read(readCsv, `id,name\n${openQuote}\n9,Z\n`, 64 * 1024))).toHaveLength(1);
    const columns = Array.from({ length: 100_000 }, (_, index) => `c${index}`).join();
    const wide = await read(readCsv, `id,name,${columns}\n1,A${',x'.repeat(100_000)}\n`, 64 * 1024);
    expect(reasons(wide)).toEqual({ 2: 'fields: has more than 200 entries' });
    // µs of this process, however busy the machine. Each took over ten seconds when it was quadratic; now milliseconds.
    expect(process.cpuUsage(start).user).toBeLessThan(5_000_000);
  });

  test('column without a name › values are kept', async () => {
    expect(customers(await read(readCsv, 'id,name,\n1,A,x\n'))[0]?.fields).toEqual({ 'column 3': 'x' });
  });

  test.each([
    ['is empty', '', 'The file is empty'],
    ['lacks the id', 'number,name\n1,A\n', 'no column "id"'],
    ['lacks the name', 'id,title\n1,A\n', 'no column "name"'],
    ['names the id twice', 'id,name,ID\n1,A,2\n', 'more than one column "id"'],
    ['names a field twice', 'id,name,x,x\n1,A,2,3\n', 'more than one column "x"'],
  ])('header %s › file is rejected', async (_, file, message) => {
    await expect(read(readCsv, file)).rejects.toThrow(message);
  });

  test('any quoted cells › are read unchanged', async () => {
    const cell = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((text) => !/[\0\p{Surrogate}]/u.test(text));
    const table = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 8 });
    const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
    await fc.assert(
      fc.asyncProperty(table, fc.integer({ min: 1, max: 50 }), async (cells, pieceLength) => {
        const lines = cells.map(([one, other], index) => `${index},N,${quote(one)},${quote(other)}`);
        const rows = await read(readCsv, `id,name,one,other\n${lines.join('\n')}\n`, pieceLength);
        const clean = (text: string) => text.replace(/\r\n?/g, '\n').trim().normalize('NFC');
        const expected = cells.map(([one, other]) => {
          return Object.fromEntries(
            Object.entries({ one, other })
              .map(([k, v]) => [k, clean(v)])
              .filter(([, v]) => v),
          );
        });
        expect(customers(rows).map(({ fields }) => fields)).toEqual(expected);
      }),
    );
  });

  test('any text below the header › a row or a reason for each line', async () => {
    const anything = fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', 'a', '1', ' '), maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(anything, async (body) => {
        const rows = await read(readCsv, `id,name\n${body}`);
        const lines = body.split(/\r\n?|\n/).filter((line) => line.trim() !== '');
        expect(rows.length).toBeLessThanOrEqual(lines.length);
        expect(rows.length > 0).toBe(lines.length > 0);
      }),
    );
  });
});

describe('encoding and line ends of a customer file', () => {
  const text = 'id,name,note\n1,Trần 山田 😀,"a\n\nb"\n2,Bob,\n';
  const expected = [
    { id: '1', name: 'Trần 山田 😀', fields: { note: 'a\n\nb' } },
    { id: '2', name: 'Bob', fields: {} },
  ];
  const littleEndian = (content: string) => Buffer.from(content, 'utf16le');
  const bigEndian = (content: string) => littleEndian(content).swap16();

  test.each([
    ['CR only', Buffer.from(text.replaceAll('\n', '\r'))],
    ['CRLF', Buffer.from(text.replaceAll('\n', '\r\n'))],
    ['no last line end', Buffer.from(text.trimEnd())],
    ['UTF-8 with a mark', Buffer.from(`\uFEFF${text}`)],
    ['UTF-16 LE with a mark', littleEndian(`\uFEFF${text}`)],
    ['UTF-16 BE with a mark', bigEndian(`\uFEFF${text}`)],
    ['UTF-16 LE without a mark', littleEndian(text)],
    ['UTF-16 BE without a mark, CR only', bigEndian(text.replaceAll('\n', '\r'))],
  ])('%s › reads the same customers with lines as in an editor, wherever it is cut', async (_, bytes) => {
    for (const pieceLength of [1, 7, 64, 1_000]) {
      const rows = await read(readCsv, bytes, pieceLength);
      expect(customers(rows).map(({ id, name, fields }) => ({ id, name, fields }))).toEqual(expected);
      expect(rows.map(({ line }) => line)).toEqual([2, 5]);
    }
  });

  test.each([
    ['NDJSON in UTF-16', readNdjson, littleEndian('\uFEFF{"id":"1","name":"A"}\r\n{"id":"2","name":"B"}')],
    ['NDJSON with CR', readNdjson, Buffer.from('{"id":"1","name":"A"}\r{"id":"2","name":"B"}')],
  ])('%s › is read', async (_, reader, bytes) => {
    expect(ids(await read(reader, bytes))).toEqual(['1', '2']);
  });

  test.each([
    ['half a surrogate pair', littleEndian(`\uFEFFid,name\n1,A\ud83d\n2,${'B'.repeat(99)}\n`), [3]],
    ['half a unit at the end', Buffer.concat([littleEndian('\uFEFFid,name\n1,A\n2,B'), Buffer.from([65])]), [2]],
  ])('UTF-16 with %s › rejects that line', async (_, bytes, accepted) => {
    const rows = await read(readCsv, bytes);
    expect(rows.filter(({ kind }) => kind === 'customer').map(({ line }) => line)).toEqual(accepted);
    expect(Object.values(reasons(rows))).toEqual(['the line is not valid UTF-16']);
  });
});
