import * as z from 'zod/mini';

/** One line of a customer file. A reason names the column, never the value. */
export type FileRow =
  | { line: number; kind: 'customer'; customer: FileCustomer }
  | { line: number; kind: 'rejected'; reason: string };

/** Texts trimmed and in NFC, times in ms UTC, phones and e-mails as written. */
export type FileCustomer = z.infer<typeof fileCustomer>;

const limits = { phones: 50, emails: 50, fields: 200, cases: 500, interactions: 500 };

const oneLine = 512;
const paragraph = 4_000;

// PostgreSQL stores no NUL, and both databases replace lone surrogates.
const unstorable = /[\0\p{Surrogate}]/u;

export function isStorable(text: string): boolean {
  return !unstorable.test(text);
}

/** `8.49E+10`: the digits behind the first ones are lost. */
export function isShortened(text: string): boolean {
  return /^\s*["'=]*[+-]?\d(?:[.,]\d+)?e\+?\d{1,3}["']*\s*$/i.test(text) && /[.,]|\+/.test(text);
}

const storable = z.refine<string>(isStorable, 'holds a character that is not text');

function text(maxLength: number) {
  return z
    .string({ error: (issue) => (issue.input === undefined ? 'is missing' : 'must be text') })
    .check(z.normalize('NFC'), z.trim(), z.maxLength(maxLength, `is longer than ${maxLength} characters`), storable);
}

function requiredText(maxLength: number) {
  return text(maxLength).check(z.minLength(1, 'is empty'));
}

// zod takes one message for "this is no object" and for "a key of it is wrong".
const objectError = {
  error: (issue: { code?: string; keys?: readonly string[] }): string =>
    issue.keys?.[0] === undefined
      ? 'must be an object'
      : `"${showName(issue.keys[0])}" is not a known key; put it into "fields"`,
};

const recordError = {
  error: (issue: { code?: string }): string =>
    issue.code === 'invalid_key' ? 'has a name that is empty, too long or not text' : 'must be an object',
};

/** Absent, null and empty are equal. */
function optionalText(maxLength: number) {
  return z.pipe(
    z.nullish(text(maxLength)),
    z.transform((value) => value || undefined),
  );
}

// The name is a heading on the card.
const onOneLine = z.overwrite<string>((value) => value.replace(/\s+/g, ' '));

function listOf<Item extends z.ZodMiniType>(item: Item, maxCount: number) {
  const list = z.array(item, 'must be a list').check(z.maxLength(maxCount, `has more than ${maxCount} entries`));
  return z.pipe(
    z.nullish(list),
    z.transform((items) => items ?? []),
  );
}

const isoTime = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/;

const time = z.pipe(
  requiredText(40).check(
    z.refine((value) => isoTime.test(value) && !Number.isNaN(Date.parse(value)), {
      error: 'must be a date like 2026-11-20 or 2026-11-20T09:00:00Z',
    }),
  ),
  z.transform((value) => Date.parse(value)),
);

// JSON.parse rounds integers beyond 2^53: an account number would change silently.
const isExact = (value: number) => !Number.isInteger(value) || Number.isSafeInteger(value);

const fieldValue = z.union(
  [
    text(paragraph),
    z.number().check(z.refine(isExact, 'is a number too large to be exact; write it in quotes')),
    z.boolean(),
    z.null(),
  ],
  `must be text of at most ${paragraph} characters, an exact number, true or false`,
);

const fields = z.pipe(
  z.nullish(
    z
      .record(requiredText(oneLine), fieldValue, recordError)
      .check(
        z.refine((entries) => Object.keys(entries).length <= limits.fields, `has more than ${limits.fields} entries`),
      ),
  ),
  z.transform((entries) => {
    const known = Object.entries(entries ?? {}).filter(([, value]) => value !== null && value !== '');
    return Object.fromEntries(known.map(([name, value]) => [name, String(value)]));
  }),
);

const fileCase = z.strictObject(
  {
    number: requiredText(100),
    subject: requiredText(oneLine),
    status: optionalText(100),
    priority: optionalText(100),
    updatedAt: z.optional(time),
  },
  objectError,
);

const fileInteraction = z.strictObject(
  {
    at: time,
    channel: optionalText(100),
    summary: optionalText(paragraph),
    agent: optionalText(oneLine),
  },
  objectError,
);

/** Unknown keys are rejected, because their content would be lost silently. */
const fileCustomer = z.strictObject(
  {
    // The contract's ids have no control characters.
    id: requiredText(256).check(
      z.regex(/^\P{Cc}*$/u, 'holds a control character'),
      // Several numbers have the same shortened form, so one customer would replace another.
      z.refine((id) => !isShortened(id), 'is a number that a spreadsheet has shortened; format the column as text'),
    ),
    name: requiredText(oneLine).check(onOneLine),
    company: optionalText(oneLine),
    phones: listOf(text(oneLine), limits.phones),
    emails: listOf(text(oneLine), limits.emails),
    fields,
    cases: listOf(fileCase, limits.cases),
    interactions: listOf(fileInteraction, limits.interactions),
  },
  objectError,
);

export function readRow(line: number, value: unknown): FileRow {
  const read = fileCustomer.safeParse(value);
  if (read.success) return { line, kind: 'customer', customer: read.data };
  const [issue] = read.error.issues;
  const column = issue?.path.map((step) => (typeof step === 'number' ? step + 1 : showName(String(step)))).join('.');
  return { line, kind: 'rejected', reason: [column, issue?.message].filter(Boolean).join(': ') };
}

/** A name from the file, safe for a terminal. */
export function showName(name: string): string {
  return name.replace(/\p{C}/gu, '').slice(0, 60);
}
