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
      help: 'The same for all data centres.',
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
  // Records are at app.hubspot.com or, by data centre, at app-eu1.hubspot.com and its like.
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
    'How HubSpot divides a company’s phone number into words is not documented; it is searched for in four ways, and a company whose number is met by none of them is not found.',
    'Whether a search by a number meets one that HubSpot itself could not read is not confirmed; the raw properties are compared with the international form too.',
    'Whether the properties of additional e-mails are searched as whole words is not confirmed; who is found is verified, others are missed.',
    'How long a new contact takes to be found is told differently, from seconds to a minute; an agent can ask again.',
    'Whether a key without the right to tickets is denied the contact as well when its tickets are asked for is not confirmed; the contact is then asked for alone, and tickets are told as missing.',
    'In which order and how many of a record’s associations come with it is not documented; the newest are those with the highest ids, and of a customer with more than 200 tickets they are told as missing.',
    'Whether every ticket stage says that it is open or closed is not confirmed; one that does not is taken as open, and without the stages the closing date decides.',
    'Whether unique properties can be made for calls is not confirmed by an account; without one, activities of the customer are looked through before one is written, and two tries at the same moment can write twice.',
    'Whether HubSpot changes the HTML of a body is not documented; our key is looked for in its text alone.',
    'Whether the body of a text message may hold HTML is not documented; it is escaped all the same.',
    'Whether the outcomes of calls are the options of hs_call_disposition is not confirmed; a disposition that is not among them stands in the call’s text.',
    'Which record a contact is after two were merged is not told by the id of the one that is gone; it is then shown as gone.',
    'Whether the key may write is not known before the first log, and a log that the account’s validation rules refuse is told as invalid and not tried again.',
    'OAuth is left out: that client credentials alone may read contacts is not confirmed.',
  ],

  // The smallest account has 100 in ten seconds, and search 4 a second for one key, whatever else uses it.
  limits: { default: { perSecond: 6, burst: 36 }, search: { perSecond: 3, burst: 1 } },

  baseUrl: ({ baseUrl }) => baseUrl,
  authorize: ({ accessToken }) => ({ kind: 'fixed', header: `Bearer ${accessToken}` }),
  readProblem,
  connect: (given, tools) => createConnector(given, tools),
});
