import type { EngagementFacts } from '#contract/engagements.ts';

/**
 * What is known after somebody said `said`. Absent never erases; lists are replaced as a whole, because Zoom sends them
 * whole. Saying the same again changes nothing, and then the same object comes back.
 */
export function mergeFacts(known: EngagementFacts, said: EngagementFacts): EngagementFacts {
  const news = Object.entries(said).filter(
    ([field, value]) =>
      value !== undefined && JSON.stringify(value) !== JSON.stringify(known[field as keyof EngagementFacts]),
  );
  return news.length === 0 ? known : { ...known, ...Object.fromEntries(news) };
}
