import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../../../cli/command-line';
import { printFailure } from '../../../cli/failure';
import { wmeProgram } from '../../../cli/wme/program';

/** Nothing here reaches AWS: wrong arguments are found before. */
describe('wrong arguments of wme', () => {
  const directory = mkdtempSync(join(tmpdir(), 'wme-'));
  const errors: string[] = [];
  beforeEach(() => {
    errors.length = 0;
    jest.spyOn(console, 'error').mockImplementation((text: string) => void errors.push(text));
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => rmSync(directory, { recursive: true }));

  const run = async (args: readonly string[]) => {
    await runCommand(wmeProgram(), args, printFailure);
    const code = process.exitCode;
    process.exitCode = 0;
    return code;
  };
  const version = ['rollout', 'create', '--firmware-version', '1.2.3'];

  test.each<[readonly string[], string]>([
    [['rollout', 'create', '--group', 'g'], '--firmware-version: give the version to upgrade to.'],
    [version, '--group or --thing: give what to upgrade.'],
    [[...version, '--group', 'g', '--per-minute', '0'], '--per-minute 0: give a whole number from 1 to 1000.'],
    [[...version, '--payload', '/none'], '--payload /none: ENOENT'],
    [['rollout', 'show', 'a.b'], 'job id a.b: give the id of a roll-out; wme rollout list shows them.'],
    [['rollout', 'show', 'a', '--status', 'LOST'], '--status LOST: give one of QUEUED, IN_PROGRESS'],
    [['rollout', 'list', '--limit', 'x'], '--limit x: give a whole number from 1 to 250.'],
    [['rollout', 'watch', 'a', '--pause', '0'], '--pause 0: give a number above 0'],
    [['device', 'show', 'a b'], 'thing a b: give the name of a thing'],
    [['explain'], '--thing or --job: give a device, a roll-out or both.'],
    [['explain', '--thing', ''], '--thing : give the name of a thing'],
    [['rollout', 'list', '--endpoint-url', 'x'], '--endpoint-url x: give a URL such as'],
    [['completion', 'tcsh'], 'tcsh: give bash, zsh or fish.'],
    [['simulate', 'fly'], 'fly: the only command is clean-up'],
    [['local', '--reset'], '--reset empties the directory of --data DIR: name it.'],
    [['demo', '--devices', '0'], '--devices 0: give a whole number'],
    [['redrive'], '--queue : give dead-letters or rule-errors.'],
  ])('%j', async (args, message) => {
    expect(await run(args)).toBe(2);
    expect(errors.join('\n')).toContain(message);
    expect(errors.join('\n')).toMatch(/\nTry: wme .*--help$/);
  });

  test('a payload must be a JSON object', async () => {
    const file = join(directory, 'payload.json');
    for (const [text, problem] of [
      ['[]', 'it must contain a JSON object.'],
      ['{', 'JSON'],
    ] as const) {
      writeFileSync(file, text);
      expect(await run([...version, '--payload', file])).toBe(2);
      expect(errors.at(-1)).toContain(`--payload ${file}: `);
      expect(errors.at(-1)).toContain(problem);
    }
  });
});

describe('a failure', () => {
  test('is printed with its fix, and without what a terminal obeys', () => {
    const errors: string[] = [];
    jest.spyOn(console, 'error').mockImplementation((text: string) => void errors.push(text));
    expect(
      printFailure(
        Object.assign(new Error('not authorized\n to do \u001b[2Jit'), {
          name: 'AccessDeniedException',
          $fault: 'client',
        }),
      ),
    ).toBe(1);
    expect(printFailure(new Error('There is no thing x.'))).toBe(1);
    expect(errors).toEqual([
      'AccessDeniedException: not authorized to do \ufffd[2Jit. These credentials may not do that: give others by --profile.',
      'There is no thing x. wme device list shows the devices.',
    ]);
    jest.restoreAllMocks();
  });
});
