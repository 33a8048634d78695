/** The fake organization's objects, with fields, relations and records. */

export type FieldType =
  | 'name'
  | 'phone'
  | 'email'
  | 'text'
  | 'textarea'
  | 'boolean'
  | 'datetime'
  | 'int'
  | 'date'
  | 'id';
export type StoredRecord = { Id: string } & Record<string, string | number | boolean | null>;

/** `refersTo`: the field that holds the id, and the objects it may refer to. */
type FakeObject = {
  prefix: string;
  fields: Record<string, FieldType>;
  relations: Record<string, { by: string; to: string[] }>;
};

const always = { Id: 'id', OwnerId: 'id', CreatedDate: 'datetime', LastModifiedDate: 'datetime' } as const;
const owner = { Owner: { by: 'OwnerId', to: ['User'] } };

function createObjects(): Map<string, FakeObject> {
  const objects: Record<string, FakeObject> = {
    User: {
      prefix: '005',
      fields: { Id: 'id', Name: 'name', Email: 'email', Username: 'text', IsActive: 'boolean' },
      relations: {},
    },
    Account: {
      prefix: '001',
      fields: { ...always, Name: 'name', Phone: 'phone', Fax: 'phone', AccountNumber: 'text', Tier__c: 'text' },
      relations: owner,
    },
    Contact: {
      prefix: '003',
      fields: {
        ...always,
        Name: 'name',
        AccountId: 'id',
        Title: 'text',
        Email: 'email',
        Second_Email__c: 'email',
        Phone: 'phone',
        MobilePhone: 'phone',
        HomePhone: 'phone',
        OtherPhone: 'phone',
        AssistantPhone: 'phone',
        Fax: 'phone',
        Work_Phone__c: 'phone',
        Language__c: 'text',
      },
      relations: { ...owner, Account: { by: 'AccountId', to: ['Account'] } },
    },
    Lead: {
      prefix: '00Q',
      fields: {
        ...always,
        Name: 'name',
        Company: 'text',
        Email: 'email',
        Phone: 'phone',
        MobilePhone: 'phone',
        IsConverted: 'boolean',
        Rating: 'text',
      },
      relations: owner,
    },
    Case: {
      prefix: '500',
      fields: {
        ...always,
        CaseNumber: 'text',
        Subject: 'text',
        Status: 'text',
        Priority: 'text',
        IsClosed: 'boolean',
        ContactId: 'id',
        AccountId: 'id',
      },
      relations: {
        ...owner,
        Contact: { by: 'ContactId', to: ['Contact'] },
        Account: { by: 'AccountId', to: ['Account'] },
      },
    },
    Task: {
      prefix: '00T',
      fields: {
        ...always,
        Subject: 'text',
        Status: 'text',
        Priority: 'text',
        IsClosed: 'boolean',
        ActivityDate: 'date',
        WhoId: 'id',
        WhatId: 'id',
        AccountId: 'id',
        TaskSubtype: 'text',
        Description: 'textarea',
        CallType: 'text',
        CallDurationInSeconds: 'int',
        CallDisposition: 'text',
        CallObject: 'text',
        IsVisibleInSelfService: 'boolean',
        Engagement_Id__c: 'text',
      },
      relations: {
        ...owner,
        Account: { by: 'AccountId', to: ['Account'] },
        Who: { by: 'WhoId', to: ['Contact', 'Lead'] },
      },
    },
  };
  return new Map(Object.entries(objects));
}

/** An error in Salesforce's format. */
export class SalesforceError extends Error {
  readonly status: number;
  readonly errorCode: string;

  constructor(status: number, errorCode: string, message: string) {
    super(message);
    this.status = status;
    this.errorCode = errorCode;
  }
}

export function reject(status: number, errorCode: string, message = errorCode): never {
  throw new SalesforceError(status, errorCode, message);
}

export type FakeOrganization = ReturnType<typeof createOrganization>;

export function createOrganization() {
  const objects = createObjects();
  const records = new Map<string, StoredRecord[]>();
  let count = 0;

  /** Objects that the app's user may not see; Salesforce reports them as not existing. */
  const hidden = new Set<string>();
  const listOf = (object: string) => records.get(object) ?? [];

  function findObject(name: string): [string, FakeObject] {
    const found = [...objects].find(([known]) => known.toLowerCase() === name.toLowerCase());
    if (!found || hidden.has(found[0])) reject(400, 'INVALID_TYPE', `sObject type '${name}' is not supported.`);
    return found;
  }

  function findField({ fields }: FakeObject, object: string, name: string): [string, FieldType] {
    const found = Object.entries(fields).find(([known]) => known.toLowerCase() === name.toLowerCase());
    if (!found) reject(400, 'INVALID_FIELD', `No such column '${name}' on entity '${object}'.`);
    return found;
  }

  function findById(id: unknown): { object: string; record: StoredRecord } | undefined {
    for (const [object, list] of records) {
      const record = list.find((candidate) => candidate.Id === id);
      if (record) return { object, record };
    }
    return undefined;
  }

  return {
    objects,
    hidden,
    listOf,
    findObject,
    findField,
    findById,

    /** 18 characters: the last three encode which others are upper case; in the fake only those of the prefix. */
    insert(object: string, values: Record<string, string | number | boolean | null>): StoredRecord {
      const { prefix = '', fields = {} } = objects.get(object) ?? {};
      const unknown = Object.keys(values).find((name) => !(name in fields));
      if (unknown !== undefined)
        reject(400, 'INVALID_FIELD', `No such column '${unknown}' on sobject of type ${object}`);
      count += 1;
      const id = `${prefix}${String(count).padStart(12, '0')}${/[A-Z]/.test(prefix) ? 'EAA' : 'AAA'}`;
      const now = toDateTime(Date.now());
      const empty = Object.fromEntries(Object.entries(fields).map(([name, type]) => [name, emptyOf(type)]));
      const made = { CreatedDate: now, LastModifiedDate: now };
      const record: StoredRecord = { ...empty, ...(object === 'User' ? {} : made), ...values, Id: id };
      records.set(object, [...listOf(object), record]);
      return record;
    },

    remove(id: string) {
      for (const [object, list] of records) {
        records.set(
          object,
          list.filter((record) => record.Id !== id),
        );
      }
    },

    /** Follows relations such as `Account.Owner.Name`. */
    resolve(object: string, record: StoredRecord | undefined, path: string[]): unknown {
      const [name = '', ...rest] = path;
      const [objectName, definition] = findObject(object);
      if (rest.length === 0) {
        const [field] = findField(definition, objectName, name);
        return record?.[field] ?? null;
      }
      const found = Object.entries(definition.relations).find(([known]) => known.toLowerCase() === name.toLowerCase());
      if (!found) {
        reject(400, 'INVALID_FIELD', `Didn't understand relationship '${name}' in field path.`);
      }
      const [, { by, to }] = found;
      const next = findById(record?.[by]);
      const isThere = next !== undefined && to.includes(next.object);
      return this.resolve(isThere ? next.object : (to[0] ?? ''), isThere ? next.record : undefined, rest);
    },

    typeOf(object: string, path: string[]): FieldType {
      const [name = '', ...rest] = path;
      const [objectName, definition] = findObject(object);
      if (rest.length === 0) return findField(definition, objectName, name)[1];
      const to = Object.entries(definition.relations).find(([known]) => known.toLowerCase() === name.toLowerCase());
      if (!to) reject(400, 'INVALID_FIELD', `Didn't understand relationship '${name}' in field path.`);
      return this.typeOf(to[1].to[0] ?? '', rest);
    },
  };
}

function emptyOf(type: FieldType): boolean | null {
  return type === 'boolean' ? false : null;
}

/** A date-time as Salesforce writes it: `2026-10-02T15:20:00.000+0000`. */
export function toDateTime(at: number): string {
  return new Date(at).toISOString().replace('Z', '+0000');
}
