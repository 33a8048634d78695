import { describeConnectorConformance } from '../connector-conformance.ts';
import { servicenow } from './definition.ts';
import { startFakeServicenow } from './fake.ts';

describeConnectorConformance({ definition: servicenow, startFake: startFakeServicenow });
