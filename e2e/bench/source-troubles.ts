import type { FakeCrm, FakeMode } from '../../server/connectors/conformance/fake-crm-server.ts';
import { type CrmName, crmNames } from '../simulator/crms/crm-names.ts';

/** ms before each answer of a source; a look-up is several answers, some of them one after the other. */
export const latency = 200;

type Trouble = { what: string; crm: CrmName; mode: FakeMode; latency: number };

/** Each befalls one source. Salesforce and the directory are always well: those whose card is timed are held there. */
export const troubles = {
  dead: { what: 'dead', crm: 'hubspot', mode: 'down', latency },
  slow: { what: '2 s for each answer', crm: 'zendesk', mode: 'up', latency: 2_000 },
  limiting: { what: '429', crm: 'servicenow', mode: 'limiting', latency },
  rubbish: { what: 'rubbish', crm: 'dynamics', mode: 'rubbish', latency },
} satisfies Record<string, Trouble>;

export const alwaysWell: CrmName = 'salesforce';

/** What is timed beside each other. Each has a server, six sources and a panel of its own. */
export type Condition = {
  name: string;
  troubles: Trouble[];
  /** Who holds the customer of this arrival. */
  holders(at: number): readonly CrmName[];
};

const whereAllIsWell = () => [alwaysWell];

/** All is well. */
export const inTurn: Condition = {
  name: 'held by one of five in turn',
  troubles: [],
  holders: (at) => [crmNames[at % crmNames.length] ?? alwaysWell],
};
export const everywhere: Condition = { name: 'held by all five', troubles: [], holders: () => crmNames };
export const without: Condition = { name: 'none', troubles: [], holders: whereAllIsWell };

/** Compared with `without`. */
export const single: Condition[] = Object.values(troubles).map((trouble) => ({
  name: trouble.what,
  troubles: [trouble],
  holders: whereAllIsWell,
}));
export const allAtOnce: Condition = {
  name: 'all four at once',
  troubles: Object.values(troubles),
  holders: whereAllIsWell,
};

export function begin(fakes: ReadonlyMap<CrmName, FakeCrm>, befallen: readonly Trouble[]): void {
  for (const fake of fakes.values()) fake.slowDown(latency);
  for (const trouble of befallen) {
    fakes.get(trouble.crm)?.behave(trouble.mode);
    fakes.get(trouble.crm)?.slowDown(trouble.latency);
  }
}
