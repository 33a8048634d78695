import { describeConnectorConformance } from '../connector-conformance.ts';
import { zendesk } from './definition.ts';
import { startFakeZendesk } from './fake.ts';

describeConnectorConformance({ definition: zendesk, startFake: startFakeZendesk });
