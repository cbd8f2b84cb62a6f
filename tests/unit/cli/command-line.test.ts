import { spawnSync } from 'node:child_process';
import {
  addOptions,
  commandOf,
  createCommand,
  groupOf,
  type OptionSpecs,
  parseArguments,
  runCommand,
} from '../../../cli/command-line';
import { completionScript, completionsOf } from '../../../cli/wme/completion';
import { wmeProgram } from '../../../cli/wme/program';
import { UsageError } from '../../../simulator/usage-error';

const OPTIONS = {
  devices: { value: 'N', default: '20', description: 'how many', group: 'Fleet' },
  'end-point': { value: 'URL', description: 'where' },
  fault: { value: 'NAME', multiple: true, description: 'what goes wrong' },
  json: { description: 'as JSON' },
} as const satisfies OptionSpecs;
const parse = (...args: readonly string[]) =>
  parseArguments(addOptions(createCommand('x', 'Does it.'), OPTIONS), OPTIONS, args)?.values;

describe('arguments', () => {
  test('have defaults, may be repeated, and are typed by their declaration', () => {
    expect(parse()).toEqual({ devices: '20', 'end-point': undefined, fault: [], json: false });
    expect(parse('--devices=3', '--end-point', 'u', '--fault', 'a', '--fault', 'b', '--json')).toEqual({
      ...{ devices: '3', 'end-point': 'u', fault: ['a', 'b'], json: true },
    });
    expect(parse('--help')).toBeUndefined();
  });

  test.each([
    [['--deviecs', '3'], "Unknown option '--deviecs'\n(Did you mean --devices?)"],
    [['--devices'], "Option '--devices <N>' argument missing"],
    [['more'], 'Too many arguments. Expected 0 arguments but got 1.'],
  ])('%j is refused with "%s"', (args, message) => {
    expect(() => parse(...args)).toThrow(UsageError);
    expect(() => parse(...args)).toThrow(message);
  });

  test('the help has groups, defaults and notes', () => {
    const help = addOptions(createCommand('npm run x --', 'Does it.'), OPTIONS).helpInformation();
    expect(help).toContain('Usage: npm run x -- [options]');
    expect(help).toMatch(/^Fleet:\n {2}--devices <N> +how many \(default 20\)$/m);
  });
});

describe('a command line', () => {
  const ran: unknown[] = [];
  const errors: string[] = [];
  const run = async (...args: readonly string[]) => {
    const inner = commandOf({
      ...{ name: 'inner', description: 'Does it.', options: OPTIONS, args: [['<what>', 'what']] },
      run: async ({ devices }, [what]) => {
        if (what === 'wrong') throw new UsageError('what wrong: give something else.');
        if (what === 'broken') throw new Error('broken');
        ran.push([what, devices]);
      },
    });
    await runCommand(groupOf('outer', 'Group.', [inner]), args, () => 1);
    const code = process.exitCode;
    process.exitCode = 0;
    return code;
  };
  beforeEach(() => {
    ran.length = 0;
    errors.length = 0;
    jest.spyOn(console, 'error').mockImplementation((text: string) => void errors.push(text));
  });
  afterEach(() => jest.restoreAllMocks());

  test('runs the command that it names', async () => {
    await run('inner', 'it', '--devices', '5');
    expect(ran).toEqual([['it', '5']]);
  });

  test('ends with 2 after a wrong argument, and says where to find help', async () => {
    expect(await run('inner', 'wrong')).toBe(2);
    expect(errors).toEqual(['what wrong: give something else.\nTry: outer inner --help']);
    expect(await run('iner')).toBe(2);
    expect(errors[1]).toBe("Unknown command 'iner'\n(Did you mean inner?)\nTry: outer --help");
    expect(await run('inner')).toBe(2);
    expect(errors[2]).toBe("Missing required argument 'what'\nTry: outer inner --help");
    expect(await run()).toBe(2);
    expect(errors[3]).toMatch(/^Usage: outer[^]*inner \[options\] <what>/);
  });

  test('ends with the code of a failure', async () => {
    expect(await run('inner', 'broken')).toBe(1);
  });
});

describe('completion', () => {
  const program = wmeProgram();

  test('knows every command and its options', () => {
    const byPath = new Map(completionsOf(program).map(({ path, words }) => [path, words.map(({ word }) => word)]));
    expect(byPath.get('')).toEqual([
      ...['rollout', 'device', 'explain', 'redrive', 'local', 'simulate', 'demo', 'console', 'completion', '--help'],
    ]);
    expect(byPath.get('rollout')).toEqual([...['create', 'watch', 'list', 'show', 'cancel', 'retry-failed', '--help']]);
    expect(byPath.get('rollout watch')).toEqual(expect.arrayContaining(['--fail-on-failure', '--json', '--region']));
    expect(byPath.get('device history')).toContain('--attempts');
  });

  const complete = (line: string) => {
    const words = line.split(' ');
    const script = `${completionScript('bash', program)}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}
_wme; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
    expect(stderr).toBe('');
    return stdout.trim().split('\n');
  };

  test.each([
    ['wme ro', ['rollout']],
    ['wme rollout re', ['retry-failed']],
    ['wme rollout watch some-job --fail', ['--fail-on-failure']],
    ['wme --help device li', ['list']],
    ['wme demo --fa', ['--fault', '--fail-download', '--fail-boot']],
  ])('bash completes "%s" with %j', (line, expected) => {
    expect(complete(line)).toEqual(expected);
  });

  test('zsh uses the one of bash, fish has a line for each word', () => {
    expect(completionScript('zsh', program)).toContain('bashcompinit');
    expect(completionScript('fish', program)).toMatch(
      /^complete -c wme -n '.*rollout watch.*' -l fail-on-failure -d '/m,
    );
  });
});
