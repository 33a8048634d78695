/** Connection failures of node and pg, PostgreSQL's class 08 and 57P0x, and SQLite's busy, full and I/O errors. */
export function isStorageDown(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  const code = String((thrown as NodeJS.ErrnoException).code ?? '');
  if (
    /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH|08\w{3}$|57P0|53[0-9]{3}$|SQLITE_(BUSY|FULL|IOERR|CANTOPEN|READONLY|CORRUPT))/.test(
      code,
    )
  ) {
    return true;
  }
  return /timeout exceeded when trying to connect|Connection terminated/.test(thrown.message);
}
