import { defineMessages } from '../i18n/translate.ts';
import english from './messages.en.json';
import type onUse from './messages.on-use.en.json';

export const t = defineMessages<typeof english & typeof onUse>(english);
export type MessageKey = Parameters<typeof t>[0];
