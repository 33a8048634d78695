import * as z from 'zod';
import { defineConnector } from '../port/connector.ts';
import {
  addressSetting,
  addressWithDefault,
  choiceSetting,
  commonSettings,
  fieldsSetting,
  listSetting,
  optionalAddress,
  optionalSecret,
  optionalText,
  textSetting,
  textWithDefault,
} from '../port/settings.ts';
import { readProblem } from './api.ts';
import { createAssertions, readPrivateKey } from './assertion.ts';
import { createConnector } from './connector.ts';
import { fieldOfKind, fieldPath } from './record-kinds.ts';

const listedField = 'must be a field with its object before it, such as Contact.Work_Phone__c';

const settings = z
  .object({
    baseUrl: addressSetting({
      label: 'My Domain',
      help: 'Setup > My Domain, such as https://acme.my.salesforce.com. Not login.salesforce.com.',
    }),
    auth: choiceSetting(['client-credentials', 'jwt'], 'client-credentials', {
      label: 'How to sign in',
      help:
        'Both with an External Client App; connected apps can no longer be made. client-credentials: its client ' +
        'credentials flow, with a run-as user. jwt: its JWT bearer flow, with a certificate. User names with passwords ' +
        'are not offered: Salesforce is ending them.',
    }),
    clientId: textSetting({ label: 'Consumer key', help: 'Of the External Client App: Settings > OAuth Settings.' }),
    clientSecret: optionalSecret({ label: 'Consumer secret', help: 'Beside the consumer key. Not with jwt.' }),
    username: optionalText({ label: 'User name', help: 'With jwt: the integration user that the app signs in as.' }),
    privateKey: optionalSecret({
      label: 'Private key',
      help: 'With jwt: the RSA key in PEM whose certificate the External Client App holds.',
    }),
    audience: addressWithDefault('https://login.salesforce.com', {
      label: 'Audience',
      help: 'With jwt: https://test.salesforce.com for a sandbox.',
    }),
    tokenUrl: optionalAddress({
      label: 'Address that gives out tokens',
      help: 'Left out, it is /services/oauth2/token at My Domain.',
    }),
    apiVersion: textWithDefault('v66.0', {
      label: 'Version of the API',
      help: 'Of the REST API, from v50.0. What is asked for has been the same for years; Salesforce ends old versions.',
    }),
    phoneSearch: choiceSetting(['thorough', 'index'], 'thorough', {
      label: 'Search for phone numbers',
      help:
        'thorough: where the search index names nobody, phone fields are read through, which meets every spelling and ' +
        'is slow in an organization with millions of records. index: the search index alone.',
    }),
    leads: choiceSetting(['search', 'ignore'], 'search', {
      label: 'Leads',
      help: 'ignore: where leads are no customers, or the user of the app may not read them.',
    }),
    phoneFields: listSetting(fieldOfKind, listedField, {
      label: 'More phone fields',
      help: 'Your own fields of the type Phone, such as Contact.Work_Phone__c. The standard ones are always read.',
    }),
    emailFields: listSetting(fieldOfKind, listedField, {
      label: 'More e-mail fields',
      help: 'Your own fields of the type Email, such as Contact.Second_Email__c.',
    }),
    fields: fieldsSetting({
      label: 'Fields of the card',
      help:
        'A name on the card (tier, language, alerts or one of your own) and the field that holds it: Account.Tier__c, ' +
        'Contact.Languages__c, Lead.Rating, Account.Parent.Name.',
    }),
    externalIdField: optionalText({
      label: 'Key field of Tasks',
      help:
        'A text field of Activity, an external id and unique, such as Engagement_Id__c: engagements are then logged ' +
        'once even when two tries race. Left out, a Task is looked for before one is made.',
    }),
    taskStatus: textWithDefault('Completed', {
      label: 'Status of logged Tasks',
      help: 'A status that means closed, as your organization calls it.',
    }),
    recordUrl: optionalText({
      label: 'Address of a record for agents',
      help:
        'With {object} and {id} in it. Left out, it is Lightning’s: ' +
        'https://acme.lightning.force.com/lightning/r/{object}/{id}/view.',
    }),
    ...commonSettings,
  })
  .superRefine((given, context) => {
    const problem = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    const { auth, clientSecret, username, privateKey, recordUrl, externalIdField } = given;
    const needed = auth === 'jwt' ? { username, privateKey } : { clientSecret };
    for (const [name, value] of Object.entries(needed)) if (value === undefined) problem([name], 'is missing');
    if (auth === 'jwt' && privateKey !== undefined && !readPrivateKey(privateKey)) {
      problem(['privateKey'], 'must be an RSA private key in PEM');
    }
    if (!/^v(?:[5-9]\d|\d{3})\.0$/.test(given.apiVersion)) problem(['apiVersion'], 'must be such as v66.0, from v50.0');
    if (externalIdField !== undefined && !/^[A-Za-z]\w{0,79}__c$/.test(externalIdField)) {
      problem(['externalIdField'], 'must be a custom field such as Engagement_Id__c');
    }
    if (recordUrl !== undefined && !/^https?:\/\/[^{}/]+\/.*\{id\}/.test(recordUrl)) {
      problem(['recordUrl'], 'must be an address with {id} in it');
    }
    for (const [name, path] of Object.entries(given.fields)) {
      if (!fieldPath.test(path)) problem(['fields', name], 'must be a field such as Account.Tier__c');
    }
  });

export const salesforce = defineConnector({
  name: 'salesforce',
  label: 'Salesforce',
  settings,
  hosts: ['*.my.salesforce.com', '*.lightning.force.com', 'login.salesforce.com', 'test.salesforce.com'],

  scopes: [
    { scope: 'api', purpose: 'the OAuth scope of the External Client App: to use the REST API' },
    { scope: 'API Enabled', purpose: 'of the user of the app: without it no request is answered' },
    { scope: 'Read on Contacts, Accounts and Leads', purpose: 'to find and show customers' },
    { scope: 'Read on Cases', purpose: 'to find a customer by a case number, and to show open cases' },
    { scope: 'Access Activities', purpose: 'to show what was talked about before, and to log only once' },
    { scope: 'Edit Tasks', purpose: 'to log a finished engagement as a completed Task' },
    { scope: 'Read on Users', purpose: 'to make the agent the owner of a logged Task; without it the app’s user is' },
  ],

  unverified: [
    'How the search index splits phone numbers is not documented. It is searched with several forms of the number; if it has no customer with the number, the phone fields are scanned.',
    'Whether the index returns everyone who shares a number is not confirmed. A customer with an unusual spelling may be missed if the index returns another customer with the number.',
    'Whether a field holds several e-mail addresses depends on its type: Email holds one. The index is searched for the address among others if no field is the address.',
    'How long the index takes to include a new record is not documented. An agent can search again.',
    'Whether a custom field of Activity can be both an external id and unique is not confirmed. If it cannot, concurrent attempts may create two Tasks; later attempts are answered 300 and write nothing.',
    'Whether words of one character can be searched in every language is not confirmed. Such words of a name are left out.',
    'Whether the status Completed exists depends on the organization. It is a setting.',
    'How the user name of an agent relates to the e-mail that Zoom knows depends on the organization. The owner is the user with that user name, else the only active user with that e-mail, else the user of the app.',
    'Whether a Task can have several contacts depends on Shared Activities. The first one is used.',
    'The quota of requests per 24 hours is shared with all other programs. When it is used up, the source is reported as rate-limited; nothing is held back before.',
    'The URL of a record in Lightning is known from use only. It is a setting.',
  ],

  // Only a daily quota of the organization is documented: at least 15,000 requests in the smallest paid editions.
  limits: { default: { perSecond: 5, burst: 40 }, scan: { perSecond: 2, burst: 10 } },

  baseUrl: ({ baseUrl }) => baseUrl,
  authorize({ auth, baseUrl, tokenUrl, clientId, clientSecret = '', username = '', audience, privateKey = '' }) {
    const url = tokenUrl ?? `${baseUrl}/services/oauth2/token`;
    // The token answer names the instance, to which the organization may have moved.
    const where = { url, baseUrlFrom: 'instance_url' };
    if (auth === 'client-credentials') {
      const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
      return { kind: 'token', request: () => ({ ...where, form }) };
    }
    const assert = createAssertions({ clientId, username, audience, privateKey });
    const grant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
    const identity = JSON.stringify([clientId, username, audience, privateKey]);
    return { kind: 'token', request: () => ({ ...where, identity, form: { grant_type: grant, assertion: assert() } }) };
  },
  readProblem,
  connect: (given, tools) =>
    createConnector({ ...given, linkTemplate: given.recordUrl ?? toLightning(given.baseUrl) }, tools),
});

function toLightning(myDomain: string): string {
  const host = myDomain.replace(/\.my\.salesforce\.com$/, '.lightning.force.com');
  return `${host}/lightning/r/{object}/{id}/view`;
}
