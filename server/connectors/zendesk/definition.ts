import * as z from 'zod';
import { defineConnector } from '../port/connector.ts';
import {
  addressSetting,
  choiceSetting,
  commonSettings,
  fieldsSetting,
  listSetting,
  optionalAddress,
  optionalSecret,
  optionalText,
  textWithDefault,
} from '../port/settings.ts';
import { readProblem } from './api.ts';
import { isFieldPath } from './card-fields.ts';
import { createConnector } from './connector.ts';

const settings = z
  .object({
    baseUrl: addressSetting({ label: 'Address of your Zendesk', help: 'Such as https://acme.zendesk.com.' }),
    auth: choiceSetting(['oauth', 'api-token'], 'oauth', {
      label: 'How to sign in',
      help:
        'oauth: a confidential OAuth client (Admin Center > Apps and integrations > APIs > OAuth clients). ' +
        'api-token: only for a token that exists; since 2026-10-27 none can be made, and all end on 2027-04-30.',
    }),
    clientId: optionalText({ label: 'Client identifier', help: 'Of the OAuth client; its kind must be Confidential.' }),
    clientSecret: optionalSecret({ label: 'Client secret', help: 'Shown once, when the OAuth client is made.' }),
    scope: textWithDefault('read write', {
      label: 'Scopes of the token',
      help: 'Fewer: users:read tickets:read organizations:read tickets:write. Calls of Talk Partner Edition need write.',
    }),
    tokenUrl: optionalAddress({
      label: 'Address that gives out tokens',
      help: 'Left out, it is /oauth/tokens at the address of your Zendesk.',
    }),
    email: optionalText({ label: 'E-mail of the token’s user', help: 'Only with an API token: an agent or admin.' }),
    apiToken: optionalSecret({ label: 'API token', help: 'Stops working on 2027-04-30; when unused, after 30 days.' }),
    agentUrl: optionalAddress({
      label: 'Address for agents',
      help: 'Where agents open records in a browser. Left out, it is the address of your Zendesk.',
    }),
    phoneFields: listSetting(/^[a-z0-9_]{1,100}$/, 'must be the key of a user field', {
      label: 'User fields with phone numbers',
      help: 'Keys of your own user fields that hold numbers, such as mobile_number. Each costs a request per call.',
    }),
    fields: fieldsSetting({
      label: 'Fields of the card',
      help:
        'A name on the card (tier, owner, accountNumber, alerts or one of your own) and where it is kept: ' +
        'user_fields.tier, organization_fields.tier, tags.tier_*, organization.tags.vip, external_id, notes, details.',
    }),
    talkPartner: choiceSetting(['off', 'on'], 'off', {
      label: 'Record calls with Talk Partner Edition',
      help: 'on: a voice call becomes a call in Zendesk too. Without that edition it stays a private comment.',
    }),
    appId: optionalText({
      label: 'App id for calls',
      help: 'Digits: the id of an app of your account that calls are recorded for. Needed for Talk Partner Edition.',
    }),
    ...commonSettings,
  })
  .superRefine((given, context) => {
    const needed: Record<string, string | undefined> = {
      ...(given.auth === 'oauth' ? { clientId: given.clientId, clientSecret: given.clientSecret } : {}),
      ...(given.auth === 'api-token' ? { email: given.email, apiToken: given.apiToken } : {}),
      ...(given.talkPartner === 'on' ? { appId: given.appId } : {}),
    };
    const problem = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    for (const [name, value] of Object.entries(needed)) if (value === undefined) problem([name], 'is missing');
    if (given.appId !== undefined && !/^[1-9]\d{0,14}$/.test(given.appId)) problem(['appId'], 'must be digits');
    for (const [name, path] of Object.entries(given.fields)) {
      if (!isFieldPath(path)) problem(['fields', name], 'must be a place such as user_fields.tier or tags.tier_*');
    }
  });

export const zendesk = defineConnector({
  name: 'zendesk',
  label: 'Zendesk',
  settings,
  hosts: ['*.zendesk.com'],

  scopes: [
    { scope: 'users:read', purpose: 'to find and show customers, and to find the agent of a log' },
    {
      scope: 'tickets:read',
      purpose: 'to find a customer by a ticket’s number, to show tickets, and to log only once',
    },
    { scope: 'organizations:read', purpose: 'to show a customer’s company and what is kept there' },
    { scope: 'tickets:write', purpose: 'to log a finished engagement as a private comment' },
    { scope: 'write', purpose: 'only with Talk Partner Edition: to record calls' },
  ],

  unverified: [
    'Whether the token endpoint accepts a form, as OAuth demands, and how long tokens last is not confirmed. A rejected token is replaced by a new one.',
    'Whether the narrow scopes allow searching for users is not confirmed. The broad scopes are the default, and the check reports what is denied.',
    'Whether a search by phone or e-mail covers further identities is not confirmed. Results are verified by their identities; other customers may be missed.',
    'Whether a leading wildcard works in custom user fields is not confirmed. Results are verified; other customers may be missed.',
    'Whether a wildcard behind the digits of a number is honored is not confirmed; the documented search matches the end of the number. It is sent only if that finds nobody; a number with an extension, or before another in its field, may be missed.',
    'Whether wildcards within an e-mail address are honored is not confirmed. They are sent beside the address itself, for Gmail only; other spellings of the mailbox may be missed.',
    'Whether a user search side-loads identities and organizations is not confirmed. Without identities the primary ones count; organizations are then requested.',
    'How a quote is escaped in a search is not documented. Texts that contain one are not searched.',
    'Whether the list of a user’s tickets keeps the requested order is not confirmed. If there are more tickets than it shows, open ones are searched too.',
    'How long the index takes to include a new user is documented as “a few minutes” only. An agent can search again.',
    'How long an idempotency key is valid is not confirmed. Our ticket is looked up by its external id before one is created.',
    'Whether an outdated updated_stamp is always rejected is not confirmed. Our marker is looked up before every comment.',
    'Whether the author of a comment may be another agent than the client’s own is not confirmed. The agent’s name is part of the note.',
    'Whether the external id of a call is unique, and whether its comment returns our marker, is not confirmed. A call is written only if the activity has no note yet.',
    'Whether business rules of the account e-mail a customer about a private ticket depends on those rules. Such tickets have the tag zoom_contact_center.',
  ],

  // The smallest known limit is 400 requests a minute for an account, shared by all programs.
  limits: { default: { perSecond: 4, burst: 30 } },

  baseUrl: ({ baseUrl }) => baseUrl,
  authorize: ({ auth, baseUrl, tokenUrl, clientId = '', clientSecret = '', scope, email = '', apiToken = '' }) =>
    auth === 'api-token'
      ? { kind: 'fixed', header: `Basic ${Buffer.from(`${email}/token:${apiToken}`).toString('base64')}` }
      : {
          kind: 'token',
          request: () => ({
            url: tokenUrl ?? `${baseUrl}/oauth/tokens`,
            form: { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret, scope },
          }),
        },
  readProblem,
  connect: (given, tools) => createConnector({ ...given, agentUrl: given.agentUrl ?? given.baseUrl }, tools),
});
