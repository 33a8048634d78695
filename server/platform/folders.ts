import { basename, dirname, join } from 'node:path';

/** The folder `server` that this code runs from: the sources, or `dist/server` of the build. */
export const serverFolder = findServerFolder();

const parent = dirname(serverFolder);

/** The built panel. */
export const panelFolder = join(parent, basename(parent) === 'dist' ? 'client' : 'dist/client');

function findServerFolder(): string {
  let folder = import.meta.dirname;
  while (basename(folder) !== 'server') {
    if (folder === dirname(folder)) throw new Error('The folder of the server was not found');
    folder = dirname(folder);
  }
  return folder;
}
