export const crmNames = ['salesforce', 'zendesk', 'servicenow', 'hubspot', 'dynamics'] as const;
export type CrmName = (typeof crmNames)[number];

/** `slow`: three seconds before every answer. `dead`: connections break. */
type CrmCondition = 'up' | 'slow' | 'dead';
export type CrmConditions = Partial<Record<CrmName, CrmCondition>>;
