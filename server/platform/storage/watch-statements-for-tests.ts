/**
 * Reports every statement of a process to its database, begin and commit included: the crash tests end a server
 * between two of them. The drivers are watched from outside, so the product holds no branch for tests.
 */

import Sqlite from 'better-sqlite3';
import pg from 'pg';

/** One statement before or after it runs. `connection` is only for comparison. */
export type WatchedStatement = { connection: object; text: string; moment: 'before' | 'after' };

export function watchStatements(notify: (statement: WatchedStatement) => void): void {
  watchSqlite(notify);
  watchPostgres(notify);
}

function watchSqlite(notify: (statement: WatchedStatement) => void): void {
  const { prepare } = Sqlite.prototype;
  Sqlite.prototype.prepare = function (this: Sqlite.Database, text: string) {
    const statement = prepare.call(this, text) as Sqlite.Statement<unknown[]>;
    const around =
      <Answer>(call: (...values: unknown[]) => Answer) =>
      (...values: unknown[]): Answer => {
        notify({ connection: this, text, moment: 'before' });
        const answer = call(...values);
        notify({ connection: this, text, moment: 'after' });
        return answer;
      };
    return Object.assign(statement, {
      run: around(statement.run.bind(statement)),
      all: around(statement.all.bind(statement)),
    });
  } as typeof prepare;
}

/** Only calls that answer by a promise: those are ours. */
function watchPostgres(notify: (statement: WatchedStatement) => void): void {
  const runQuery = pg.Client.prototype.query as (...parts: unknown[]) => unknown;
  pg.Client.prototype.query = function (this: pg.Client, ...parts: unknown[]) {
    const [query] = parts as [string | { text?: string } | undefined];
    const text = typeof query === 'string' ? query : (query?.text ?? '');
    notify({ connection: this, text, moment: 'before' });
    const answer = runQuery.apply(this, parts);
    if (!(answer instanceof Promise)) return answer;
    return answer.then((result: unknown) => {
      notify({ connection: this, text, moment: 'after' });
      return result;
    });
  } as typeof pg.Client.prototype.query;
}

/**
 * Changes the durability of every SQLite file opened from now on. `normal` is its real setting while it still reports
 * FULL. `checkpointPages`: how long the WAL grows before its pages move to the main file, which SQLite does at 1,000.
 */
export function changeSqlite(to: { synchronous: 'full' | 'normal'; checkpointPages: number }): void {
  const { pragma } = Sqlite.prototype;
  Sqlite.prototype.pragma = function (this: Sqlite.Database, text: string, options?: Sqlite.PragmaOptions) {
    if (text === 'synchronous' && to.synchronous === 'normal') return 2;
    if (text !== 'synchronous = FULL') return pragma.call(this, text, options);
    pragma.call(this, `wal_autocheckpoint = ${to.checkpointPages}`);
    return pragma.call(this, `synchronous = ${to.synchronous}`);
  } as typeof pragma;
}
