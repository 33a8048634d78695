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
import { createConnector } from './connector.ts';
import { isFieldPath } from './query.ts';

/** Every column multiplies the conditions of a phone search, and the length of a URL is limited. */
const maxPhoneFields = 4;

const column = /^[a-z][a-z0-9_]{0,79}$/;

const settings = z
  .object({
    baseUrl: addressSetting({ label: 'Address of your instance', help: 'Such as https://acme.service-now.com.' }),
    auth: choiceSetting(['oauth', 'basic'], 'oauth', {
      label: 'How to sign in',
      help:
        'oauth: the grant client_credentials of a client (Machine Identity Console > Inbound integrations, or the ' +
        'Application Registry), which acts as a user of its own. basic: the name and password of such a user.',
    }),
    clientId: optionalText({
      label: 'Client id',
      help: 'In the older Application Registry, set glide.oauth.inbound.client.credential.grant_type.enabled to true too.',
    }),
    clientSecret: optionalSecret({ label: 'Client secret', help: 'Of the same client.' }),
    username: optionalText({ label: 'User name', help: 'Only with basic: a user with web service access only.' }),
    password: optionalSecret({ label: 'Password', help: 'Of that user.' }),
    tokenUrl: optionalAddress({
      label: 'Address that gives out tokens',
      help: 'Left out, it is /oauth_token.do at your instance.',
    }),
    customers: choiceSetting(['contacts', 'consumers', 'callers'], 'contacts', {
      label: 'Who calls',
      help:
        'contacts: of companies (customer_contact). consumers: people (csm_consumer). Both with cases of Customer ' +
        'Service Management. callers: users (sys_user), with incidents. Several: one connection for each.',
    }),
    phoneFields: listSetting(column, 'must be the name of a column, such as mobile_phone', {
      label: 'Columns with phone numbers',
      help: 'At most four. Left out: those that ServiceNow itself has.',
    }),
    emailFields: listSetting(column, 'must be the name of a column, such as email', {
      label: 'Columns with e-mail addresses',
      help: 'Left out: email.',
    }),
    caseTable: optionalText({
      label: 'Table of cases',
      help: 'Left out: sn_customerservice_case, for callers incident. Any with the columns of a task.',
    }),
    casePrefix: optionalText({
      label: 'Letters before a case’s number',
      help: 'Put before digits from a keypad. Left out: CS, for callers INC.',
    }),
    fields: fieldsSetting({
      label: 'Fields of the card',
      help:
        'A name on the card (company, tier, owner, accountNumber, alerts or one of your own) and its column, also one ' +
        'along references, such as account.rank_tier. Customers are found by the column of accountNumber.',
    }),
    recordLink: textWithDefault('/nav_to.do?uri={table}.do?sys_id={id}', {
      label: 'Link to a record',
      help: 'Where agents open records, with {table} and {id}. For a workspace such as /now/cwf/agent/record/{table}/{id}.',
    }),
    openFrame: choiceSetting(['off', 'on'], 'off', {
      label: 'Log calls with OpenFrame',
      help: 'on: calls become voice interactions with a phone log. Needs the plugin com.sn_openframe_store.',
    }),
    keyField: textWithDefault('client_session_id', {
      label: 'Column for our key',
      help: 'Of the table interaction, at least 40 characters long: by it nothing is logged twice.',
    }),
    ...commonSettings,
  })
  .superRefine((given, context) => {
    const problem = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    const { auth, clientId, clientSecret, username, password } = given;
    const needed = auth === 'oauth' ? { clientId, clientSecret } : { username, password };
    for (const [name, value] of Object.entries(needed)) if (value === undefined) problem([name], 'is missing');
    if (given.phoneFields.length > maxPhoneFields) problem(['phoneFields'], `may name ${maxPhoneFields} at most`);
    if (!column.test(given.caseTable ?? 'task')) problem(['caseTable'], 'must be the name of a table');
    if (!/^[A-Z]{1,8}$/.test(given.casePrefix ?? 'CS')) problem(['casePrefix'], 'must be capital letters');
    if (!column.test(given.keyField)) problem(['keyField'], 'must be the name of a column');
    if (!/^(\/(?!\/)|https:\/\/)\S*\{id\}/.test(given.recordLink)) {
      problem(['recordLink'], 'must begin with / or https:// and hold {id}');
    }
    for (const [name, path] of Object.entries(given.fields)) {
      if (!isFieldPath(path)) problem(['fields', name], 'must be a column such as account.rank_tier');
    }
  });

export const servicenow = defineConnector({
  name: 'servicenow',
  label: 'ServiceNow',
  settings,
  hosts: ['*.service-now.com', '*.servicenowservices.com'],

  scopes: [
    { scope: 'read on customer_contact, csm_consumer or sys_user', purpose: 'to find and show customers' },
    { scope: 'read on customer_account', purpose: 'to show a customer’s company, and to find by its number' },
    {
      scope: 'read on sn_customerservice_case or incident',
      purpose: 'to find a customer by a case number, and to show open cases',
    },
    { scope: 'read on interaction', purpose: 'to show earlier conversations, and to log only once' },
    { scope: 'read on sys_user', purpose: 'to assign a log to its agent' },
    { scope: 'create on interaction and interaction_related_record', purpose: 'to log a finished engagement' },
    { scope: 'read and write on work_notes of the case table', purpose: 'to log on the case, once' },
    { scope: 'sn_openframe_api_user', purpose: 'only with OpenFrame: to log calls as voice interactions' },
  ],

  unverified: [
    'Case-insensitive comparison is the usual database’s default and not documented. E-mails are searched in lower case and verified.',
    'Whether % and _ are wildcards in LIKE and STARTSWITH is not confirmed. Texts with % are not searched, and every row is tested for the text itself.',
    'How an operator is distinguished from a value that contains one is not documented. Texts with = < > or ! are not searched.',
    'Whether ^ in an e-mail or name can be escaped is not documented. Such a text is not searched and finds nobody.',
    'The cost of LIKE on phone and e-mail columns in a very large table is not known. After ten seconds the source is reported as unavailable; addresses inside a longer text are searched only if no column is the address.',
    'A number in a spelling that is not searched, such as with two spaces, is not found.',
    'Whether X-Total-Count counts rows that the user may not read is known from others’ reports. Without it a table that shows no row counts as unreadable.',
    'Whether a Link to the next page is sent without a count is not documented. Lists of cases and interactions are counted; a full page of a phone search is reported.',
    'Whether dots can be ignored in a condition is not documented. Of an address of Gmail the usual spellings with dots are searched.',
    'Rows that the user may not read are removed from a page after it was cut. Pages are large; a customer behind very many such rows is missed.',
    'Seven digits is the default length of case numbers. If an admin changed it, digits from a keypad find nothing, but the whole number does.',
    'No column for the owner of an account is documented. Map owner to one of yours.',
    'The columns client_session_id, direction, opened_at and closed_at of interaction are known from others’ integrations. If the key’s column is missing, nothing is logged, and the check reports it.',
    'Whether closed_complete and the types video, messaging and email are choices of every instance is not confirmed. ServiceNow stores a value that is not a choice.',
    'Whether OpenFrame stores clientSessionId in client_session_id is not confirmed. It is sent under both names and looked up before every write.',
    'Nothing documented makes the key unique, so concurrent attempts could both write. Only one runs at a time.',
    'Whether a journal column is returned in full as display value is known from others’ integrations. If it is not, a case’s note could be written again.',
    'The columns of interaction_related_record are known from others’ integrations. If they differ, the interaction is logged and the relation reported as failed.',
    'The batch API was not examined. The parts of a card are requested in parallel instead.',
    'No third-party client covers these APIs, so the fake is tested by our own connector only.',
  ],

  // ServiceNow has no rate limit by default; a node processes sixteen requests at once.
  limits: { default: { perSecond: 10, burst: 30 } },

  baseUrl: ({ baseUrl }) => baseUrl,
  authorize: ({ auth, baseUrl, tokenUrl, clientId = '', clientSecret = '', username = '', password = '' }) =>
    auth === 'basic'
      ? { kind: 'fixed', header: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` }
      : {
          kind: 'token',
          request: () => ({
            url: tokenUrl ?? `${baseUrl}/oauth_token.do`,
            form: { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret },
          }),
        },
  readProblem,
  connect: (given, tools) => createConnector(given, tools),
});
