import type { Feature } from '../feature.ts';
import { createEngagementRetention } from './retention.ts';
import { createEngagementService, type EngagementService } from './service.ts';

type Engagements = Feature & EngagementService;

/** The state of every engagement, and what panels observed of it. */
export function createEngagements(parts: Parameters<typeof createEngagementService>[0]): Engagements {
  return { ...createEngagementService(parts), retention: createEngagementRetention(parts.database) };
}
