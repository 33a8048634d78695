import * as z from 'zod';
import { defineConnector } from '../port/connector.ts';
import { commonSettings } from '../port/settings.ts';
import { createConnector } from './connector.ts';

/** The built-in table of customers, filled by `npm run customers -- import FILE`. No network, no secrets. */
export const directory = defineConnector({
  name: 'directory',
  label: 'Directory',
  settings: z.object(commonSettings),
  hosts: [],
  scopes: [],
  unverified: [],
  limits: {},
  baseUrl: () => '',
  authorize: () => ({ kind: 'none' }),
  connect: (_settings, tools) => createConnector(tools),
});
