/**
 * Writes one activity, once.
 *
 *   customer, and case if there is one ── gone ──▶ not-found, nothing is written
 *        │ there
 *        ├─ a unique property is configured (calls): upsert by it ─▶ associate with customer and case
 *        │     A second try meets the same record, and completes associations that a broken first try has left out.
 *        └─ else: among what is associated with the customer already, is there our key in a body?
 *              yes ─▶ that record, nothing is written      no ─▶ create, with its associations in the same write
 *
 * Associations are read from the records, not searched for: HubSpot's search index is seconds behind, so a try right after
 * a broken one would see nothing there. Guaranteed by the unique property: one record, whoever tries how often. Without it:
 * one record for tries after one another; two at the same moment may both find nothing and both write, and a key beyond the
 * newest 500 activities of that kind is not seen. The server's own outbox tries one after another.
 */
import type { Activity, LoggedActivity } from '../port/connector.ts';
import { found, isFailure, mapFound, notFound, type Outcome } from '../port/outcome.ts';
import type { AccountData } from './account-data.ts';
import { associationTypes, toActivityRecord, typeOf } from './activity-record.ts';
import type { ActivityType, Api, Place } from './api.ts';
import { activityProperties, placeOf, readCustomerId, readKey, toTicketId } from './mapping.ts';
import { sortNewest } from './read-cards.ts';

export type LogSettings = { callKeyProperty?: string | undefined };

/** Of one customer, one kind. Between two tries of the outbox lie three days at most. */
const mostLookedAt = 500;

export function createActivityLog(settings: LogSettings, { api, account }: { api: Api; account: AccountData }) {
  async function describe(activity: Activity): Promise<Record<string, string>> {
    const { agent, disposition } = activity;
    const isCall = typeOf(activity) === 'calls';
    const [owners, outcomes] = await Promise.all([
      account.owners(),
      isCall && disposition !== undefined ? account.callOutcomes() : notFound,
    ]);
    // Without them the activity is complete all the same: both stand in its text too.
    const known = owners.kind === 'found' ? [...owners.value.values()] : [];
    const owner = known.find(({ email }) => email?.toLowerCase() === agent.email.toLowerCase());
    const outcome = outcomes.kind === 'found' ? outcomes.value.get((disposition ?? '').toLowerCase()) : undefined;
    return toActivityRecord(activity, { ownerId: owner?.id, outcome });
  }

  /** Ids of the activities that the customer has; none: there is no such customer. */
  async function listActivities(customer: Place, type: ActivityType): Promise<Outcome<string[]>> {
    const answer = await api.readRecord(customer, [], [type]);
    if (answer.kind !== 'found') return answer;
    const { results = [], paging } = answer.value.associations?.[type] ?? {};
    const ids = results.map(({ id }) => id);
    const after = paging?.next?.after;
    const more = after === undefined ? found([]) : await api.listAssociated(customer, type, after);
    return mapFound(more, (others) => [...ids, ...others.map(({ toObjectId }) => toObjectId)]);
  }

  async function findWritten(type: ActivityType, ids: string[], key: string): Promise<Outcome<LoggedActivity>> {
    const newest = sortNewest(ids).slice(0, mostLookedAt);
    const records = await api.readRecords(type, newest, activityProperties(type));
    if (records.kind !== 'found') return records;
    const written = records.value.find((record) => readKey(type, record) === key);
    return written ? found(toLogged(written, false)) : notFound;
  }

  async function upsert(activity: Activity, idProperty: string, places: Place[]): Promise<Outcome<LoggedActivity>> {
    const type = typeOf(activity);
    const written = await api.upsert(type, idProperty, activity.key, await describe(activity));
    if (written.kind !== 'found') return written;
    const { id } = written.value;
    const associated = await Promise.all(places.map((place) => api.associate({ type, id }, place)));
    return associated.find(isFailure) ?? found(toLogged(written.value, written.value.new));
  }

  async function create(activity: Activity, places: Place[]): Promise<Outcome<LoggedActivity>> {
    const type = typeOf(activity);
    const types: Partial<Record<Place['type'], number>> = associationTypes[type];
    const associations = places.map((place) => ({ id: place.id, typeId: types[place.type] ?? 0 }));
    const written = await api.create(type, await describe(activity), associations);
    return mapFound(written, (record) => toLogged(record, true));
  }

  return async function logActivity(activity: Activity): Promise<Outcome<LoggedActivity>> {
    const type = typeOf(activity);
    const known = readCustomerId(activity.customerId);
    const ticketId = activity.caseNumber === undefined ? undefined : toTicketId(activity.caseNumber);
    if (known === undefined || (activity.caseNumber !== undefined && ticketId === undefined)) return notFound;
    const customer = placeOf(known.kind, known.id);
    const ticket: Place[] = ticketId === undefined ? [] : [{ type: 'tickets', id: ticketId }];
    const [activities, ...cases] = await Promise.all([
      listActivities(customer, type),
      ...ticket.map((place) => api.readRecord(place, [], [])),
    ]);
    if (activities.kind !== 'found') return activities;
    const [ticketRead = found(undefined)] = cases;
    if (ticketRead.kind !== 'found') return ticketRead;
    const places = [customer, ...ticket];
    if (type === 'calls' && settings.callKeyProperty !== undefined) {
      return upsert(activity, settings.callKeyProperty, places);
    }
    const written = await findWritten(type, activities.value, activity.key);
    return written.kind === 'not-found' ? create(activity, places) : written;
  };
}

function toLogged({ id, url }: { id: string; url?: string | null | undefined }, isNew: boolean): LoggedActivity {
  return { id, isNew, ...(url && { url }) };
}
