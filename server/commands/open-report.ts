import { closeSync, constants, fchmodSync, fstatSync, ftruncateSync, openSync, readSync, statSync } from 'node:fs';

const ownerOnly = 0o600;

/**
 * Opens the file for the report of an import, readable by its user alone. Replaces an earlier report, and refuses any
 * other file that is not empty: it may be the file of customers.
 */
export function openReport(path: string): number {
  const known = statSync(path, { throwIfNoEntry: false });
  // A pipe or a terminal.
  if (known && !known.isFile()) return openSync(path, 'w');
  const file = openSync(path, constants.O_RDWR | constants.O_CREAT, ownerOnly);
  try {
    if (fstatSync(file).size > 0 && !startsLikeReport(file)) {
      throw new Error(`${path} exists and is no report of an import: name another file for --report.`);
    }
    fchmodSync(file, ownerOnly);
    ftruncateSync(file);
    return file;
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

function startsLikeReport(file: number): boolean {
  const head = Buffer.alloc(40);
  const length = readSync(file, head, 0, head.length, 0);
  return /^line \d+\t(?:rejected|warning)\t/.test(head.toString('latin1', 0, length));
}
