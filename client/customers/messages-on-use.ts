/* Imported for its effect by components that load on use, so that their words do not weigh on the first load. */
import { addEnglish } from '../i18n/translate.ts';
import onUse from './messages.on-use.en.json';

addEnglish(onUse);
