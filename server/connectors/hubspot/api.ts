import * as z from 'zod';
import { type CrmHttp, maxSchemaBytes, type ReadProblem } from '../http/crm-http.ts';
import { found, isFailure, mapFound, type Outcome } from '../port/outcome.ts';
import type { FilterGroup } from './query.ts';

export type ObjectType = 'contacts' | 'companies' | 'tickets' | 'calls' | 'notes' | 'communications';

/** Values are documented as text, but calculated properties have been numbers. */
const properties = z.record(z.string(), z.unknown()).transform((values) => new Map(Object.entries(values)));
const paging = z.object({ next: z.object({ after: z.string() }).nullish() }).nullish();
const record = z.object({ id: z.string(), properties, url: z.string().nullish() });
export type HubspotRecord = z.infer<typeof record>;

const associated = z.object({ results: z.array(z.object({ id: z.string() })), paging });
const recordWithAssociations = record.extend({ associations: z.record(z.string(), associated).nullish() });
export type AssociatedRecord = z.infer<typeof recordWithAssociations>;

const searchAnswer = z
  .object({ results: z.array(record), paging })
  .transform(({ results, paging: pages }) => ({ results, after: pages?.next?.after }));

/**
 * A 207 lists records that could not be read: those that are gone are left out, any other error fails the whole batch.
 */
const batchAnswer = z
  .object({ results: z.array(record), errors: z.array(z.object({ category: z.string() })).nullish() })
  .refine(({ errors }) => (errors ?? []).every(({ category }) => category === 'OBJECT_NOT_FOUND'))
  .transform(({ results }) => results);

/** One record was requested. A record without associations has no result. */
const associationPage = z
  .object({
    results: z.array(z.object({ to: z.array(z.object({ toObjectId: z.coerce.string() })), paging })),
    errors: z.array(z.object({ subCategory: z.unknown() })).nullish(),
  })
  .refine(({ errors }) =>
    (errors ?? []).every(({ subCategory }) => String(subCategory).includes('NO_ASSOCIATIONS_FOUND')),
  )
  .transform(({ results: [only] }): Page<string> => {
    return { results: only?.to.map(({ toObjectId }) => toObjectId) ?? [], paging: only?.paging };
  });

const owner = z.object({
  id: z.string(),
  email: z.string().nullish(),
  firstName: z.string().nullish(),
  lastName: z.string().nullish(),
});
export type Owner = z.infer<typeof owner>;
const ownerPage = z.object({ results: z.array(owner), paging });

const stage = z.object({
  id: z.string(),
  label: z.string(),
  metadata: z.object({ ticketState: z.string().nullish(), isClosed: z.string().nullish() }).nullish(),
});
const pipelines = z.object({ results: z.array(z.object({ stages: z.array(stage) })) });
type Stage = z.infer<typeof stage>;

const property = z.object({
  name: z.string(),
  hasUniqueValue: z.boolean().nullish(),
  options: z.array(z.object({ label: z.string(), value: z.string() })).nullish(),
});
export type Property = z.infer<typeof property>;
const propertyList = z.object({ results: z.array(property) }).transform(({ results }) => results);

const created = z.object({ id: z.string(), url: z.string().nullish() });
const upserted = z
  .object({ results: z.tuple([created.extend({ new: z.boolean() })]) })
  .transform(({ results: [only] }) => only);
const any = z.unknown();

export type ActivityType = Extract<ObjectType, 'calls' | 'notes' | 'communications'>;
type Association = { id: string; typeId: number };
export type Place = { type: ObjectType; id: string };
export type AssociationTarget = Extract<ObjectType, 'contacts' | 'companies' | 'tickets'>;

/** Records of one search by association. More would be a large answer, and HubSpot lists the oldest first. */
const maxSearchedAssociated = 20;

/** ms that a search by association may take. It saves a round trip, so waiting longer for it does not pay. */
const maxSearchMs = 600;

/** Records per batch, HubSpot's maximum. */
const batchSize = 100;
/** Owners beyond are shown without names. */
const maxOwners = 10_000;
/** Of one list, whatever its pages hold; a list of many items may have more. */
const maxPages = 30;
/** Items of a full page of the lists with the smallest pages. */
const pageSize = 100;

/** Hits of one search per page, HubSpot's maximum. */
const maxPerSearch = 200;

/** The names by which searches filter by association. */
const associationFilters: Record<AssociationTarget, string> = {
  contacts: 'associations.contact',
  companies: 'associations.company',
  tickets: 'associations.ticket',
};

export type Api = ReturnType<typeof createApi>;

/** The only file that knows HubSpot's URLs. `version` is a date such as `2026-09`, part of every path. */
export function createApi(crm: CrmHttp, version: string) {
  const objects = (type: ObjectType, rest = '') => `/crm/objects/${version}/${type}${rest}`;
  const atRecord = ({ type, id }: Place, rest = '') => objects(type, `/${encodeURIComponent(id)}${rest}`);

  async function readBatch(type: ObjectType, ids: string[], names: string[]) {
    const json = { properties: names, propertiesWithHistory: [], inputs: ids.map((id) => ({ id })) };
    return crm.request(
      { method: 'POST', path: objects(type, '/batch/read'), json, notFoundStatuses: [404] },
      batchAnswer,
    );
  }

  return {
    /** One page of hits, and where the next begins. The API description requires all five keys. */
    search: (type: ObjectType, filterGroups: FilterGroup[], names: string[], { limit, after = '0' }: PageRequest) => {
      const json = { after, filterGroups, limit: Math.min(limit, maxPerSearch), properties: names, sorts: [] };
      return crm.request({ method: 'POST', path: objects(type, '/search'), json, limit: 'search' }, searchAnswer);
    },

    /**
     * Records associated with this one, as the search index has them: those that changed within the last seconds may be
     * missing or outdated. Sent only if the limit of searches has room.
     */
    searchAssociated: async (type: ObjectType, to: AssociationTarget, id: string, names: string[]) => {
      const filterGroups = [{ filters: [{ propertyName: associationFilters[to], operator: 'EQ', value: id }] }];
      const json = { after: '0', filterGroups, limit: maxSearchedAssociated, properties: names, sorts: [] };
      const path = objects(type, '/search');
      const answer = await crm.request(
        { method: 'POST', path, json, limit: 'search', isOptional: true, deadlineMs: maxSearchMs },
        searchAnswer,
      );
      return mapFound(answer, ({ results }) => results);
    },

    readRecord: (place: Place, names: string[], associations: ObjectType[]) => {
      const query = { properties: names.join(','), associations: associations.join(',') || undefined };
      return crm.request({ path: atRecord(place), query, notFoundStatuses: [404] }, recordWithAssociations);
    },

    /** Existing records, in no order. Reading by id does not count against the search limit. */
    async readRecords(type: ObjectType, ids: string[], names: string[]): Promise<Outcome<HubspotRecord[]>> {
      const starts = Array.from({ length: Math.ceil(ids.length / batchSize) }, (_, index) => index * batchSize);
      const batches = await Promise.all(starts.map((at) => readBatch(type, ids.slice(at, at + batchSize), names)));
      const failure = batches.find(isFailure);
      return failure ?? found(batches.flatMap((batch) => (batch.kind === 'found' ? batch.value : [])));
    },

    /** Ids of associated records, from `after` on, in no order. A record itself lists only the first hundred. */
    listAssociated: (
      { type, id }: Place,
      to: ObjectType,
      after: string,
      maxItems: number,
    ): Promise<Outcome<List<string>>> =>
      listPages({ after, maxItems }, (next) => {
        const json = { inputs: [{ id, after: next }] };
        return crm.request(
          { method: 'POST', path: `/crm/associations/${version}/${type}/${to}/batch/read`, json },
          associationPage,
        );
      }),

    listOwners: async () => {
      const answer = await listPages({ maxItems: maxOwners }, (after) =>
        crm.request({ path: `/crm/owners/${version}`, query: { limit: 500, after } }, ownerPage),
      );
      return mapFound(answer, ({ items }) => items);
    },

    listTicketStages: async (): Promise<Outcome<Stage[]>> => {
      const answer = await crm.request({ path: `/crm/pipelines/${version}/tickets` }, pipelines);
      return mapFound(answer, ({ results }) => results.flatMap(({ stages }) => stages));
    },

    listProperties: (type: ObjectType) =>
      crm.request({ path: `/crm/properties/${version}/${type}`, maxBytes: maxSchemaBytes }, propertyList),

    readProperty: (type: ObjectType, name: string) =>
      crm.request(
        { path: `/crm/properties/${version}/${type}/${encodeURIComponent(name)}`, notFoundStatuses: [404] },
        property,
      ),

    /** Tests the right to read this type. */
    tryRecords: (type: ObjectType) => crm.request({ path: objects(type), query: { limit: 1 } }, searchAnswer),
    tryOwners: () => crm.request({ path: `/crm/owners/${version}`, query: { limit: 1 } }, ownerPage),

    /** Creates the record and its associations in one write. */
    create: (type: ActivityType, values: Record<string, string>, associations: Association[]) => {
      const json = {
        properties: values,
        associations: associations.map(({ id, typeId }) => ({
          to: { id },
          types: [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: typeId }],
        })),
      };
      return crm.request({ method: 'POST', path: objects(type), json }, created);
    },

    /** One record per value of a unique property. HubSpot accepts no associations here. */
    upsert: (type: ActivityType, idProperty: string, id: string, values: Record<string, string>) => {
      const json = { inputs: [{ idProperty, id, properties: values }] };
      return crm.request({ method: 'POST', path: objects(type, '/batch/upsert'), json }, upserted);
    },

    /** Idempotent. */
    associate: (from: Place, to: Place) => {
      const path = atRecord(from, `/associations/default/${to.type}/${encodeURIComponent(to.id)}`);
      return crm.request({ method: 'PUT', path }, any);
    },
  };
}

type PageRequest = { limit: number; after?: string | undefined };
type Page<Item> = { results: Item[]; paging?: z.infer<typeof paging> };

/** `isComplete`: there are no further items. */
export type List<Item> = { items: Item[]; isComplete: boolean };

async function listPages<Item>(
  { after: first, maxItems }: { after?: string; maxItems: number },
  readPage: (after: string | undefined) => Promise<Outcome<Page<Item>>>,
): Promise<Outcome<List<Item>>> {
  const items: Item[] = [];
  let after = first;
  const pages = Math.max(maxPages, Math.ceil(maxItems / pageSize));
  for (let page = 0; page < pages && items.length < maxItems; page += 1) {
    const answer = await readPage(after);
    if (answer.kind !== 'found') return answer;
    items.push(...answer.value.results);
    after = answer.value.paging?.next?.after;
    if (after === undefined) return found({ items, isComplete: true });
  }
  return found({ items: items.slice(0, maxItems), isComplete: false });
}

const problemBody = z.object({ category: z.string().nullish(), policyName: z.string().nullish() });

/**
 * 477: the account is moving between HubSpot's data centers, with `Retry-After`. 423: it is locked during heavy writes.
 * Otherwise the category decides, whatever the status: a used-up daily quota has `policyName: DAILY`.
 */
export const readProblem: ReadProblem = ({ status, json }) => {
  if (status < 400) return undefined;
  const { category, policyName } = problemBody.safeParse(json).data ?? {};
  if (status === 477 || status === 423 || category === 'RATE_LIMITS' || policyName) return 'rate-limited';
  return category === 'MISSING_SCOPES' ? 'forbidden' : undefined;
};
