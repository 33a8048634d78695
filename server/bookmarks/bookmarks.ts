import { setBookmark } from '#contract/bookmarks.ts';
import { engagementId } from '#contract/engagements.ts';
import type { Feature } from '../feature.ts';
import type { Clock } from '../platform/clock.ts';
import type { Config } from '../platform/config.ts';
import { route } from '../platform/http/route.ts';
import { createJobStore } from '../platform/jobs/job-store.ts';
import { day } from '../platform/retention.ts';
import type { Database } from '../platform/storage/database.ts';
import { createBookmarkStore } from './bookmark-store.ts';

const periodMs = day;

/** An agent's bookmarks: a table, a route, a job that expires them, and a group of the view. */
export function createBookmarks(parts: {
  database: Database;
  clock: Clock;
  config: { zoom: Pick<Config['zoom'], 'account'> };
}): Feature {
  const { database, clock, config } = parts;
  const store = createBookmarkStore(database);
  const jobs = createJobStore(parts);
  return {
    routes: [
      route(setBookmark, {
        role: 'agent',
        perMinute: 60,
        params: { engagementId },
        async handle({ principal, params }) {
          const expiresAt = clock() + periodMs;
          await database.db.transaction().execute(async (transaction) => {
            await store.set(transaction, principal, params.engagementId, expiresAt);
            const key = `${principal.uid} ${params.engagementId}`;
            await jobs.schedule(transaction, { kind: 'bookmark', account: principal.account, key, dueAt: expiresAt });
          });
          return { expiresAt };
        },
      }),
    ],
    jobs: [
      {
        kind: 'bookmark',
        account: config.zoom.account,
        handle: async () => ({ kind: 'done', outcome: (await store.deleteExpired(clock())) > 0 ? 'expired' : 'none' }),
      },
    ],
    retention: [{ table: 'bookmarks', class: 'bounded', reason: 'a job deletes each after a day' }],
    viewGroups: { bookmark: async ({ agent, engagementId: id }) => ({ expiresAt: await store.read(agent, id) }) },
  };
}
