/*
 * Imported for its effect by every component that is loaded on use, whose words would weigh on the first load: the words
 * are there before the component renders.
 */
import more from './en-on-use.json';
import { addEnglish } from './translate.ts';

addEnglish(more);
