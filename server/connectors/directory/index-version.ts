/**
 * Version of the rules by which stored values become rows of the directory's index. Raise it with every change of the
 * identifier reader, the keys of numbers and mailboxes, or the words of names that gives a stored value another row:
 * each server then rebuilds the index.
 */
export const indexVersion = 1;
