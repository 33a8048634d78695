import * as z from 'zod';
import { defineConnector } from '../port/connector.ts';
import { addressSetting, commonSettings, fieldsSetting, secretSetting, textSetting } from '../port/settings.ts';
import { readProblem } from './api.ts';
import { createConnector } from './connector.ts';

/** A made-up customer API: the start of a connector of your own, see ../README.md. */
export const template = defineConnector({
  name: 'template',
  label: 'Template',

  // Decide: what must an admin configure? Every address is a setting, so that tests and sandboxes can replace it.
  settings: z.object({
    baseUrl: addressSetting({
      label: 'Address of the API',
      help: 'With its version, such as https://api.customers.example/v1.',
    }),
    tokenUrl: addressSetting({
      label: 'Address that gives out tokens',
      help: 'Such as https://login.customers.example/oauth/token.',
    }),
    webUrl: addressSetting({
      label: 'Address for agents',
      help: 'Where people open records in a browser, such as https://app.customers.example.',
    }),
    clientId: textSetting({ label: 'Client id', help: 'Of a client that may use the grant client_credentials.' }),
    clientSecret: secretSetting({ label: 'Client secret', help: 'Shown once, when the client is made.' }),
    fields: fieldsSetting({
      label: 'Fields of the card',
      help: 'A name on the card (tier, language, timeZone, or one of your own) and the custom field that holds it.',
    }),
    ...commonSettings,
  }),

  // Decide: which hosts belong to the system? Requests and links to any other are refused.
  hosts: ['*.customers.example'],

  scopes: [
    { scope: 'customers:read', purpose: 'to find and show customers' },
    { scope: 'cases:read', purpose: 'to find a customer by a case number, and to show open cases' },
    { scope: 'interactions:read', purpose: 'to show what was talked about before' },
    { scope: 'activities:write', purpose: 'to log a finished engagement' },
  ],

  // Decide: what is confirmed by no document or sandbox, and what is done to be safe?
  unverified: [
    'How long a new customer takes to be found is not documented; an agent can ask again.',
    'Whether the quota counts refused requests is not documented; the limits below leave half of it unused.',
  ],

  // Decide: what does the system allow, and how much of it is for this connection alone?
  limits: { default: { perSecond: 25, burst: 50 }, search: { perSecond: 5, burst: 10 } },

  baseUrl: ({ baseUrl }) => baseUrl,
  authorize: ({ tokenUrl, clientId, clientSecret }) => ({
    kind: 'token',
    request: () => ({
      url: tokenUrl,
      form: { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret },
    }),
  }),
  readProblem,
  connect: (settings, tools) => createConnector(settings, tools),
});
