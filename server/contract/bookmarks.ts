import { endpoint } from './endpoint.ts';

/** An agent's own mark on an engagement; it expires by itself. Times in ms UTC. */
export type Bookmark = { expiresAt: number | null };

export const setBookmark = endpoint<{ answer: Bookmark }>()({
  method: 'PUT',
  path: '/api/engagements/:engagementId/bookmark',
});

declare module './view.ts' {
  interface ViewGroups {
    bookmark?: Bookmark;
  }
}
