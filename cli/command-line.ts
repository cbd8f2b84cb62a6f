import { Command, CommanderError, Option } from 'commander';
import { UsageError } from '../simulator/usage-error';

/**
 * The one way in which all commands read their arguments: commander, with options declared as data, so that their values
 * have types. Values are checked by the commands, whose messages name the flag, the value and what is accepted.
 */
export interface OptionSpec {
  /** Name of the value; without one the option is a flag. */
  readonly value?: string;
  readonly description: string;
  readonly default?: string;
  /** It may be given several times. */
  readonly multiple?: true;
  /** Heading in the help, for this option and the next ones. */
  readonly group?: string;
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

type ValueOf<Spec extends OptionSpec> = Spec extends { readonly value: string }
  ? Spec extends { readonly multiple: true }
    ? readonly string[]
    : Spec extends { readonly default: string }
      ? string
      : string | undefined
  : boolean;

/** By the names of the flags, without hyphens in front. */
export type Values<Specs extends OptionSpecs> = { readonly [Name in keyof Specs]: ValueOf<Specs[Name]> };

/** The width of help that is not for a terminal. */
const HELP_COLUMNS = 120;

/** @param name how it is called, for its help and for hints @example npm run redrive -- */
export const createCommand = (name: string, description: string): Command =>
  new Command(name)
    .description(description)
    .helpOption('--help', 'this text')
    .helpCommand(false)
    .showSuggestionAfterError()
    .allowExcessArguments(false)
    .exitOverride()
    .configureHelp({ helpWidth: process.stdout.columns || HELP_COLUMNS, showGlobalOptions: false })
    // Errors are printed by runCommand.
    .configureOutput({ writeErr: () => undefined });

const flagsOf = (name: string, { value }: OptionSpec) => `--${name}${value === undefined ? '' : ` <${value}>`}`;
const collect = (value: string, earlier: readonly string[] = []) => [...earlier, value];

export const addOptions = (command: Command, specs: OptionSpecs): Command => {
  let group = 'Options:';
  for (const [name, spec] of Object.entries(specs)) {
    group = spec.group === undefined ? group : `${spec.group}:`;
    const preset = spec.default === undefined ? '' : ` (default ${spec.default})`;
    const option = new Option(flagsOf(name, spec), `${spec.description}${preset}`).helpGroup(group);
    command.addOption(spec.multiple ? option.argParser(collect) : option);
  }
  return command;
};

const camelCase = (name: string) => name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

const valueOf = (name: string, { value, default: preset, multiple }: OptionSpec, given: unknown): unknown => {
  if (value === undefined) return given === true;
  if (multiple) return Array.isArray(given) ? given.map(String) : [];
  if (given !== undefined && typeof given !== 'string') throw new UsageError(`--${name}: give one value.`);
  return given ?? preset;
};

/** The values of a parsed command. */
export const valuesOf = <Specs extends OptionSpecs>(command: Command, specs: Specs): Values<Specs> =>
  Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => [
      name,
      valueOf(name, spec, command.getOptionValue(camelCase(name)) as unknown),
    ]),
    // One value per spec, by its kind.
  ) as Values<Specs>;

/** A command as data. */
export interface CommandSpec<Specs extends OptionSpecs> {
  readonly name: string;
  readonly description: string;
  readonly options: Specs;
  /** As commander writes them, `<needed>` or `[optional]`, with their descriptions. */
  readonly args?: readonly (readonly [name: string, description: string])[];
  readonly notes?: string;
  readonly run: (values: Values<Specs>, positionals: readonly string[]) => Promise<void>;
}

export const commandOf = <Specs extends OptionSpecs>(spec: CommandSpec<Specs>): Command => {
  const { name, description, options, args = [], notes, run } = spec;
  const command = addOptions(createCommand(name, description), options);
  for (const [argument, meaning] of args) command.argument(argument, meaning);
  if (notes !== undefined) command.addHelpText('after', `\n${notes}`);
  return command.action(() => run(valuesOf(command, options), command.args));
};

/** A command that only has commands. */
export const groupOf = (name: string, description: string, commands: readonly Command[]): Command => {
  const group = createCommand(name, description);
  for (const command of commands) group.addCommand(command);
  return group;
};

/** Whether commander ended because it printed help or a version. */
const isHelp = (error: unknown) => error instanceof CommanderError && error.exitCode === 0;

/** What is wrong with the arguments: without "error: ", as a sentence. */
const usageMessage = (error: unknown): string | undefined => {
  if (error instanceof UsageError) return error.message;
  if (!(error instanceof CommanderError)) return undefined;
  // Without a subcommand, help is the error.
  if (error.code === 'commander.help') return 'Give a command.';
  const text = error.message.replace(/^error: /, '');
  return text.charAt(0).toUpperCase() + text.slice(1);
};

/**
 * Parses arguments without running anything.
 * @returns undefined when help is asked for
 * @throws UsageError
 */
export const parseArguments = <Specs extends OptionSpecs>(
  command: Command,
  specs: Specs,
  args: readonly string[],
): { readonly values: Values<Specs>; readonly positionals: readonly string[] } | undefined => {
  try {
    command.configureOutput({ writeOut: () => undefined }).parse([...args], { from: 'user' });
    return { values: valuesOf(command, specs), positionals: command.args };
  } catch (error) {
    if (isHelp(error)) return undefined;
    throw new UsageError(usageMessage(error) ?? String(error), { cause: error });
  }
};

/** The command that the arguments lead to, and how it is called. */
const calledIn = (program: Command, args: readonly string[]): { readonly command: Command; readonly path: string } => {
  let command = program;
  const names = [program.name()];
  for (const arg of args) {
    const sub = command.commands.find((found) => found.name() === arg);
    if (!sub) break;
    command = sub;
    names.push(sub.name());
  }
  return { command, path: names.join(' ') };
};

/** The reader has seen enough, as `head` has: that is no failure. */
const endWithReader = (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
};

/**
 * Runs a command line to its end, and sets the exit code: 2 after a wrong argument, with what is wrong and how to get help.
 * @param failed prints an error of the command and returns its exit code
 */
export const runCommand = async (
  program: Command,
  args: readonly string[],
  failed: (error: unknown) => number,
): Promise<void> => {
  if (!process.stdout.listeners('error').includes(endWithReader)) process.stdout.on('error', endWithReader);
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (isHelp(error)) return;
    const usage = usageMessage(error);
    process.exitCode = usage === undefined ? failed(error) : 2;
    if (usage === undefined) return;
    const { command, path } = calledIn(program, args);
    const isIncomplete = error instanceof CommanderError && error.code === 'commander.help';
    console.error(isIncomplete ? command.helpInformation() : `${usage}\nTry: ${path} --help`);
  }
};
