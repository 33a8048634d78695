import { describeConnectorConformance } from '../connector-conformance.ts';
import { dynamics } from './definition.ts';
import { startFakeDynamics } from './fake.ts';

describeConnectorConformance({ definition: dynamics, startFake: startFakeDynamics });
