import * as z from 'zod';
import { defineConnector } from '../port/connector.ts';
import {
  addressWithDefault,
  choiceSetting,
  commonSettings,
  fieldsSetting,
  optionalAddress,
  optionalText,
  secretSetting,
} from '../port/settings.ts';
import { readProblem } from './api.ts';
import { createConnector } from './connector.ts';
import { isFieldPath } from './mapping.ts';

const settings = z
  .object({
    auth: choiceSetting(['service-key', 'private-app'], 'service-key', {
      label: 'Kind of key',
      help:
        'service-key: Settings > Integrations > Service keys. private-app: the access token of a legacy private app ' +
        'that exists; none can be made since 2026-10-26, existing ones go on.',
    }),
    accessToken: secretSetting({
      label: 'Key',
      help: 'The service key, or the private app’s access token. It does not end by itself; replace it there and here.',
    }),
    baseUrl: addressWithDefault('https://api.hubapi.com', {
      label: 'Address of the API',
      help: 'The same for all data centers.',
    }),
    apiVersion: choiceSetting(['2026-09', '2026-03'], '2026-09', {
      label: 'Version of the API',
      help: 'Numbered versions (v3, v4) end in 2027. From 2026-09 on, validation rules of your account hold for logs too.',
    }),
    recordUrl: optionalAddress({
      label: 'Address of records',
      help:
        'Only where HubSpot does not name a record’s address itself: such as ' +
        'https://app.hubspot.com/contacts/12345678/record, with your account’s number.',
    }),
    fields: fieldsSetting({
      label: 'Fields of the card',
      help:
        'A name on the card (tier, accountNumber, language, alerts or one of your own) and the internal name of the ' +
        'property that holds it: customer_tier of the contact, company.customer_tier of the company.',
    }),
    callKeyProperty: optionalText({
      label: 'Unique property of calls',
      help:
        'The internal name of a text property of calls that you made with unique values. With it a call can never be ' +
        'logged twice; without it we look before we write.',
    }),
    ...commonSettings,
  })
  .superRefine(({ fields, callKeyProperty }, context) => {
    const problem = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    if (callKeyProperty !== undefined && !/^[a-z][a-z0-9_]{0,99}$/.test(callKeyProperty)) {
      problem(['callKeyProperty'], 'must be an internal name such as zoom_engagement_key');
    }
    for (const [name, path] of Object.entries(fields)) {
      if (!isFieldPath(path)) problem(['fields', name], 'must be a property such as customer_tier or company.tier');
    }
  });

export const hubspot = defineConnector({
  name: 'hubspot',
  label: 'HubSpot',
  settings,
  // Record URLs differ by data center: app.hubspot.com, app-eu1.hubspot.com, …
  hosts: ['api.hubapi.com', '*.hubspot.com'],

  scopes: [
    { scope: 'crm.objects.contacts.read', purpose: 'to find and show people, and what was talked about with them' },
    { scope: 'crm.objects.contacts.write', purpose: 'to log a finished engagement' },
    { scope: 'crm.objects.companies.read', purpose: 'to find and show companies' },
    { scope: 'tickets', purpose: 'to find a customer by a ticket’s number, and to show open tickets' },
    { scope: 'crm.objects.owners.read', purpose: 'to name owners, and to log in the name of the agent' },
    { scope: 'crm.schemas.contacts.read', purpose: 'to check the fields of the card' },
    { scope: 'crm.schemas.companies.read', purpose: 'to check the fields of the card' },
  ],

  unverified: [
    'How HubSpot splits a company’s phone number into words is not documented. Four forms are searched; a company that matches none of them is not found.',
    'Whether a phone search matches numbers that HubSpot could not parse is not confirmed. The raw properties are compared with the international form too.',
    'Whether additional e-mails are searched as whole words is not confirmed. Results are verified; other customers may be missed.',
    'How long the index takes to include a new contact is documented inconsistently, from seconds to a minute. An agent can search again.',
    'Whether a key without the right to tickets is denied the contact when its tickets are requested is not confirmed. The contact is then read without tickets, which are shown as missing.',
    'Whether every version lets tickets, calls and contacts be searched by association is not confirmed. Results only save a read; without them each record is read by its id.',
    'The order of associations is not documented, and ids are not in order of time. All are read and ordered by their time; with more than 500 of one type, that part is shown as missing.',
    'Whether every ticket stage states that it is open or closed is not confirmed. A stage that does not counts as open; without stages the closing date decides.',
    'Whether unique properties can be created for calls is not confirmed. Without one, the customer’s activities are scanned before a write, and concurrent attempts may write twice.',
    'Whether HubSpot changes the HTML of a body is not documented. Our key is looked up in its text only.',
    'Whether the body of a text message may contain HTML is not documented. It is escaped.',
    'Whether the outcomes of calls are the options of hs_call_disposition is not confirmed. A disposition that is not among them stands in the call’s text.',
    'The id of a merged contact does not name the contact that remains. It is shown as gone.',
    'Whether the key may write is unknown before the first log. A log that the account’s validation rules reject is reported as invalid and not retried.',
    'OAuth is not supported, because it is not confirmed that client credentials alone may read contacts.',
  ],

  // The smallest account allows 100 requests in ten seconds, and every account 5 searches a second, shared by all its
  // programs. The window is longer than a second because requests do not arrive as evenly as they are sent.
  limits: { default: { perSecond: 6, burst: 36 }, search: { max: 4, windowMs: 1_333 } },

  baseUrl: ({ baseUrl }) => baseUrl,
  authorize: ({ accessToken }) => ({ kind: 'fixed', header: `Bearer ${accessToken}` }),
  readProblem,
  connect: (given, tools) => createConnector(given, tools),
});
