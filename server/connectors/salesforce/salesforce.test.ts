import { describeConnectorConformance } from '../connector-conformance.ts';
import { salesforce } from './definition.ts';
import { startFakeSalesforce } from './fake.ts';

describeConnectorConformance({ definition: salesforce, startFake: startFakeSalesforce });
