/** Ids of connections, which begin the ids of their customers: `<connection>:<id in the source>`. */
export const connectionId = { pattern: /^[a-z0-9][a-z0-9-]{0,31}$/, words: '1 to 32 of a–z, 0–9 and -' };
