import { describeConnectorConformance } from '../connector-conformance.ts';
import { hubspot } from './definition.ts';
import { startFakeHubspot } from './fake.ts';

describeConnectorConformance({ definition: hubspot, startFake: startFakeHubspot });
