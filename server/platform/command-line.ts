import { parseArgs } from 'node:util';

type CommandLine<Command extends object> = {
  usage: string;
  /** Returns a text, or throws as `parseArgs` does, when the arguments are invalid: the reason for the user. */
  read(args: string[]): Command | string;
  /** Resolves with the exit code. A rejection prints its message and means exit code 1. */
  run(command: Command): Promise<number>;
};

/** Exit code 2, with the usage, for invalid arguments. */
export async function runCommandLine<Command extends object>(
  { usage, read, run }: CommandLine<Command>,
  args: string[],
): Promise<number> {
  const command = isHelpWanted(args) ? undefined : readOrExplain(read, args);
  if (command === undefined) {
    process.stdout.write(usage);
    return 0;
  }
  if (typeof command === 'string') {
    process.stderr.write(`${command}\n\n${usage}`);
    return 2;
  }
  try {
    return await run(command);
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    return 1;
  }
}

function isHelpWanted(args: string[]): boolean {
  const options = { help: { type: 'boolean', short: 'h' } } as const;
  return parseArgs({ args, options, strict: false }).values.help === true;
}

function readOrExplain<Command extends object>(read: CommandLine<Command>['read'], args: string[]): Command | string {
  try {
    return read(args);
  } catch (error) {
    return messageOf(error);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
