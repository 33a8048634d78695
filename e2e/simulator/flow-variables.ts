import type { FlowVariable } from '#contract/engagements.ts';
import type { AppVariable } from './bridge.ts';

/** The variables that the demo's admin released to the app. Zoom keys them by id; names are `group.key`. */
export const releasedVariables = [
  {
    id: '6f0c2a1e-5f6b-4c3d-9a57-1d2f3b4c5d01',
    name: 'Custom.case_number',
    type: 'globalCustom',
    dataType: 'string',
  },
  { id: '6f0c2a1e-5f6b-4c3d-9a57-1d2f3b4c5d02', name: 'Custom.reason', type: 'globalCustom', dataType: 'string' },
  { id: '6f0c2a1e-5f6b-4c3d-9a57-1d2f3b4c5d03', name: 'Custom.language', type: 'globalCustom', dataType: 'string' },
] as const satisfies AppVariable[];

/** A variable that was not released before becomes one by being set: its name is its id. */
export function flowVariable(name: string, value: string): FlowVariable {
  return { id: releasedVariables.find((one) => one.name === name)?.id ?? name, name, value };
}

/** Everything `getAppVariableList` names: the released ones and those made up while an engagement ran. */
export function listAppVariables(inUse: readonly FlowVariable[]): AppVariable[] {
  const listed = new Map<string, AppVariable>(releasedVariables.map((one) => [one.id, one]));
  for (const { id, name } of inUse) {
    if (!listed.has(id)) listed.set(id, { id, name, type: 'globalCustom', dataType: 'string' });
  }
  return [...listed.values()];
}
