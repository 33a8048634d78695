import { defineMessages } from '../i18n/translate.ts';
import english from './messages.en.json';

export const t = defineMessages<typeof english>(english);
