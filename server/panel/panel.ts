import type { Feature } from '../feature.ts';
import type { Metrics } from '../platform/metrics.ts';
import { createPanelRoutes } from './routes.ts';
import { createPanelService, type PanelService, type PanelServiceParts } from './service.ts';

type Panel = Feature & Pick<PanelService, 'composePush'>;

/** Composes the view of an engagement from its groups, for the panel's requests and for the stream. */
export function createPanel(
  parts: Omit<PanelServiceParts, 'countView'> & {
    metrics: Pick<Metrics, 'views'>;
  },
): Panel {
  const { metrics } = parts;
  const service = createPanelService({
    ...parts,
    countView: (isPrefetched) => metrics.views.inc({ prefetched: String(isPrefetched) }),
  });
  return { composePush: service.composePush, routes: createPanelRoutes(service, parts.engagements.readAccess) };
}
