import * as z from 'zod';
import { defineConnector } from '../port/connector.ts';
import {
  addressSetting,
  choiceSetting,
  commonSettings,
  fieldsSetting,
  optionalAddress,
  optionalText,
  secretSetting,
  textSetting,
  textWithDefault,
} from '../port/settings.ts';
import { readProblem } from './api.ts';
import { isFieldPath } from './card-fields.ts';
import { createConnector } from './connector.ts';

const settings = z.object({
  baseUrl: addressSetting({
    label: 'Address of the environment',
    help: 'Such as https://acme.crm4.dynamics.com or https://acme.api.crm4.dynamics.com (Settings > Developer resources).',
  }),
  tenantId: textSetting({
    label: 'Tenant id',
    help: 'Directory (tenant) ID of the app registration in Microsoft Entra.',
  }),
  clientId: textSetting({
    label: 'Client id',
    help: 'Application (client) ID of the app registration. Make it an application user of the environment.',
  }),
  clientSecret: secretSetting({
    label: 'Client secret',
    help: 'Value of a secret of the app registration. It ends on a day: note it.',
  }),
  tokenUrl: optionalAddress({
    label: 'Address that gives out tokens',
    help: 'Left out, it is that of your tenant at login.microsoftonline.com. National clouds have others.',
  }),
  webUrl: optionalAddress({
    label: 'Address for agents',
    help: 'Where agents open records in a browser. Left out, it is the address of the environment, without .api.',
  }),
  appId: optionalText({
    label: 'App',
    help: 'The id (GUID) of the model-driven app in which records open, if one is to.',
  }).refine((id) => id === undefined || z.guid().safeParse(id).success, { error: 'must be a GUID' }),
  casePrefix: textWithDefault('CAS-', {
    label: 'Prefix of case numbers',
    help: 'As under Autonumbering: with CAS- a caller who keys in 1042 means the case CAS-01042-….',
  }).refine((prefix) => /^[A-Za-z0-9-]{1,20}$/.test(prefix), { error: 'may have letters, digits and hyphens' }),
  leads: choiceSetting(['ignore', 'include'], 'ignore', {
    label: 'Leads',
    help: 'include: look for callers among open leads too. Costs one request more per look-up.',
  }),
  attribution: choiceSetting(['application', 'agent'], 'application', {
    label: 'Whose work a log is',
    help:
      'agent: logs are made in the agent’s name. The application user then needs the privilege “Act on Behalf of ' +
      'Another User”, and every agent the right to create phone calls and tasks.',
  }),
  fields: fieldsSetting({
    label: 'Fields of the card',
    help:
      'A name on the card (tier, language, alerts or one of your own) and the column that holds it: new_tier of the ' +
      'contact, account.accountcategorycode of the company.',
  }).refine((fields) => Object.values(fields).every(isFieldPath), {
    error: 'must be columns such as new_tier or account.new_tier',
  }),
  ...commonSettings,
});

export const dynamics = defineConnector({
  name: 'dynamics',
  label: 'Dynamics 365',
  settings,
  hosts: ['*.dynamics.com', '*.microsoftdynamics.us', 'login.microsoftonline.com', 'login.microsoftonline.us'],

  scopes: [
    { scope: 'Read on Contact, Account (Organization)', purpose: 'to find and show customers' },
    { scope: 'Read on Lead (Organization)', purpose: 'to find and show leads, where they are included' },
    { scope: 'Read on Case (Organization)', purpose: 'to find a customer by a case number, and to show open cases' },
    {
      scope: 'Read, Create, Write, Append on Activity (Organization)',
      purpose: 'to show earlier activities, and to log a finished engagement as a phone call or a task',
    },
    { scope: 'Append To on Contact, Account, Lead, Case', purpose: 'to log an engagement where it belongs' },
    {
      scope: 'Create, Append on Note; Append To on Activity',
      purpose: 'to keep notes that are longer than a description',
    },
    { scope: 'Read on User (Organization)', purpose: 'to find the agent of a log by e-mail' },
    { scope: 'Act on Behalf of Another User', purpose: 'only to log in the agent’s name' },
  ],

  unverified: [
    'Whether the token’s scope may be the environment’s URL without .api is not documented. Another URL can be set as the environment’s.',
    'Whether % inside contains() and startswith() is a wildcard is documented but not confirmed. The usual spellings of a number are searched as well.',
    'How long a search inside a column takes in a large table is not known. It is given up after 8 s and reported as unavailable.',
    'The HTTP status of query throttling is not documented. Its error codes decide.',
    'Whether activities can be filtered and expanded by activitypointer_activity_parties is confirmed for single types of activity only. If it is rejected, interactions are shown as missing.',
    'The status reasons 4 (received), 2 (made) and 5 (completed) are the vendor’s defaults. An environment that changed them rejects the log, which is reported as invalid.',
    'Creating a log and completing it afterwards is documented, doing both at once is not. In between, the case cannot be closed.',
    'The lengths 200 of a subject and 2,000 of a description are the defaults of new environments. Longer texts are cut; long notes are kept whole in a note.',
    'Error codes beside those of service protection and query throttling (0x80040220, 0x80044151 and others) are documented for the platform, not for this API. Without them the status decides.',
    'Rights to write cannot be tested without writing. The check does not report them; a rejected log is reported as forbidden.',
    'The parameter appid of links is not documented. It is left out unless it is set.',
  ],

  // Dynamics allows one application user 6,000 requests in five minutes, 52 at once.
  limits: { default: { perSecond: 12, burst: 40 } },

  baseUrl: ({ baseUrl }) => new URL(baseUrl).origin,
  authorize: ({ baseUrl, tenantId, clientId, clientSecret, tokenUrl }) => ({
    kind: 'token',
    request: () => ({
      url: tokenUrl ?? `https://login.microsoftonline.com/${encodeURIComponent(tenantId)}/oauth2/v2.0/token`,
      form: {
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: clientSecret,
        scope: `${environmentOf(baseUrl)}/.default`,
      },
    }),
  }),
  readProblem,
  connect: (given, tools) => createConnector({ ...given, webUrl: given.webUrl ?? environmentOf(given.baseUrl) }, tools),
});

/** The URL for people and tokens, without `.api`: both forms are one environment. */
function environmentOf(baseUrl: string): string {
  return new URL(baseUrl).origin.replace(/^(https?:\/\/[^./]+)\.api\./, '$1.');
}
