import { type Clock, systemClock } from '../platform/clock.ts';
import { createHttpClient } from '../platform/http-client.ts';
import type { Database } from '../platform/storage/database.ts';
import type { Connector, ConnectorDefinition } from './connector.ts';
import { createCrmHttp } from './create-crm-http.ts';
import type { FakeCrm } from './fake-crm-server.ts';
import type { Failure } from './outcome.ts';
import { type ConnectionTokens, createConnectionTokens } from './tokens.ts';

/** A connector on a fake of its CRM, with all that is beneath it in the product; `failures` were met on the way. */
export function connectToFake(
  definition: ConnectorDefinition,
  fake: Pick<FakeCrm, 'settings' | 'secrets'>,
  options: { clock?: Clock; tokens?: ConnectionTokens; database?: Database; settings?: Record<string, unknown> } = {},
): { connector: Connector; failures: Failure[] } {
  const { clock = systemClock, tokens = createConnectionTokens({ clock }), database } = options;
  const settings = definition.settings.parse({ ...fake.settings, ...fake.secrets, ...options.settings });
  const failures: Failure[] = [];
  const crm = createCrmHttp({
    connection: 'fake',
    definition,
    baseUrl: definition.baseUrl(settings),
    authorization: definition.authorize(settings),
    http: createHttpClient(),
    tokens,
    clock,
    isBaseAllowed: (url) => URL.canParse(url),
    reportFailure: (failure) => failures.push(failure),
  });
  const tools = { crm, clock, database: database ?? unreachableDatabase() };
  return { connector: definition.connect(settings, tools), failures };
}

/** Only the built-in directory needs one. */
function unreachableDatabase(): Database {
  return new Proxy({} as Database, {
    get() {
      throw new Error('This connector was given no database');
    },
  });
}
