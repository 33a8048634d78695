import * as z from 'zod';
import type { Clock } from '../platform/clock.ts';
import { withDeadline } from '../platform/timing/deadline.ts';
import type { ZoomRest } from './zoom-rest.ts';

/** A user who is missing from an older list may have been created since. */
const maxAgeMs = 60_000;
/** A listed user may have been deleted since; Zoom's event of that ends the sessions. */
const maxListedAgeMs = 60 * 60_000;
/** A sign-in does not wait longer; the list is read on for the next one. */
const deadlineMs = 2_500;
const pageSize = 100;
/** More pages than that would take Zoom's rate limit from the reconcile job. */
const maxPages = 100;

/**
 * Zoom's list of the account's Contact Center users, read when a user signs in whom no event named. In-process. It
 * counts only if every page was read and it names somebody: a partial list would lock agents out.
 */
export function createUserList({ rest, clock }: { rest: ZoomRest; clock: Clock }) {
  let list: { uids: ReadonlySet<string>; readAt: number } | undefined;
  let failedAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;

  async function readPages(): Promise<Set<string> | undefined> {
    const uids = new Set<string>();
    let token = '';
    for (let page = 0; page < maxPages; page++) {
      const outcome = await rest.get('/contact_center/users', {
        page_size: String(pageSize),
        ...(token !== '' && { next_page_token: token }),
      });
      const parsed = outcome.kind === 'answer' ? userPage.safeParse(outcome.json) : undefined;
      if (!parsed?.success) return undefined;
      for (const { user_id: uid } of parsed.data.users) uids.add(uid);
      token = parsed.data.next_page_token ?? '';
      if (token === '') return uids.size > 0 ? uids : undefined;
    }
    return undefined;
  }

  async function read(): Promise<void> {
    const readAt = clock();
    const uids = await readPages();
    if (uids) list = { uids, readAt };
    else failedAt = readAt;
  }

  return {
    async isListed(uid: string): Promise<boolean | undefined> {
      const isOlder = (ageMs: number) => list === undefined || clock() - list.readAt > ageMs;
      if (!isOlder(maxListedAgeMs) && list?.uids.has(uid)) return true;
      if (isOlder(maxAgeMs) && clock() - failedAt > maxAgeMs) {
        reading ??= read().finally(() => {
          reading = undefined;
        });
        const pending = reading;
        await withDeadline(
          deadlineMs,
          () => pending,
          () => undefined,
        );
      }
      return isOlder(maxAgeMs) ? undefined : list?.uids.has(uid);
    },
  };
}

const userPage = z.object({
  users: z.array(z.object({ user_id: z.string().min(1) })),
  next_page_token: z.string().nullish(),
});
