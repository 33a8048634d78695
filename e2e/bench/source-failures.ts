import type { FakeCrm, FakeMode } from '../../server/connectors/conformance/fake-crm-server.ts';
import { type CrmName, crmNames } from '../simulator/crms/crm-names.ts';

/** ms before each answer of a source; a look-up is several answers, some of them one after the other. */
export const latency = 200;

type Failure = { name: string; crm: CrmName; mode: FakeMode; latency: number };

/** Each is of one source. Salesforce and the directory never fail: the customers whose card is timed are held there. */
const failures: Failure[] = [
  { name: 'dead', crm: 'hubspot', mode: 'down', latency },
  { name: '2 s for each answer', crm: 'zendesk', mode: 'up', latency: 2_000 },
  { name: '429', crm: 'servicenow', mode: 'limiting', latency },
  { name: 'garbage', crm: 'dynamics', mode: 'rubbish', latency },
];

const healthyCrm: CrmName = 'salesforce';

/** Conditions are timed side by side. Each has a server, six sources and a panel of its own. */
export type Condition = {
  name: string;
  failures: Failure[];
  /** The sources that hold the customer of this round. */
  listHolders(round: number): readonly CrmName[];
};

export const inTurn: Condition = {
  name: 'held by one of five in turn',
  failures: [],
  listHolders: (round) => [crmNames[round % crmNames.length] ?? healthyCrm],
};
export const everywhere: Condition = { name: 'held by all five', failures: [], listHolders: () => crmNames };
export const without: Condition = { name: 'none', failures: [], listHolders: () => [healthyCrm] };

/** Compared with `without`. */
export const single: Condition[] = failures.map((failure) => ({
  name: failure.name,
  failures: [failure],
  listHolders: () => [healthyCrm],
}));
export const allAtOnce: Condition = { name: 'all four at once', failures, listHolders: () => [healthyCrm] };

/** Sets every source to its ordinary latency, then the failing ones to their failure. */
export function applyFailures(fakes: ReadonlyMap<CrmName, FakeCrm>, applied: readonly Failure[]): void {
  for (const fake of fakes.values()) fake.slowDown(latency);
  for (const failure of applied) {
    fakes.get(failure.crm)?.behave(failure.mode);
    fakes.get(failure.crm)?.slowDown(failure.latency);
  }
}
