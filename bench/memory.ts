import '../cli/quiet-sdk.cjs';
import {
  AddThingToThingGroupCommand,
  CreateJobCommand,
  CreateThingCommand,
  CreateThingGroupCommand,
  IoTClient,
} from '@aws-sdk/client-iot';
import { addOptions, createCommand, type OptionSpecs, runCommand, valuesOf } from '../cli/command-line';
import { exitWithFailure } from '../cli/failure';
import { wholeNumber } from '../cli/option-values';
import { type EmbeddedAws, startEmbeddedAws } from '../local/embedded-aws';
import { startFleet } from '../simulator/fleet';
import { slopeOf } from './statistics';
import { usedMemory } from './used-memory';

const OPTIONS = {
  upgrades: { value: 'N', default: '20000', description: 'upgrades in all' },
  devices: { value: 'N', default: '500', description: 'devices that are upgraded again and again' },
  data: { value: 'DIR', description: 'keep everything in the empty directory DIR, as npm run local does' },
  json: { description: 'print one JSON object' },
} as const satisfies OptionSpecs;

const DESCRIPTION =
  'Upgrades a fleet of simulated devices again and again in one process, and prints after each round what the process holds. Memory is flat if the second half of the rounds grows by less than half a kilobyte per upgrade; exit code 1 if it is not. A run with fewer than 20000 upgrades ends before all that is kept has reached its bounds (docs/architecture.md).';

/** Bytes per upgrade: less than any record of an upgrade takes. */
const MAX_GROWTH = 512;
const GROUP = 'fleet';

interface Round {
  readonly upgrades: number;
  readonly heapBytes: number;
  readonly rssBytes: number;
  readonly seconds: number;
}

/** Bytes per upgrade over some rounds. */
const growthOf = (rounds: readonly Round[]): number =>
  slopeOf(rounds.map(({ upgrades, heapBytes }) => ({ x: upgrades, y: heapBytes })));

const createFleet = async (iot: IoTClient, devices: number) => {
  const { thingGroupArn = '' } = await iot.send(new CreateThingGroupCommand({ thingGroupName: GROUP }));
  const things = Array.from({ length: devices }, (_, index) => ({ thingName: `device-${index}` }));
  for (const { thingName } of things) {
    const attributePayload = { attributes: { firmwareVersion: '1.0.0' } };
    await iot.send(new CreateThingCommand({ thingName, attributePayload }));
    await iot.send(new AddThingToThingGroupCommand({ thingName, thingGroupName: GROUP }));
  }
  return { things, thingGroupArn };
};

/** Upgrades the whole fleet once. @throws Error when an upgrade fails */
const upgradeAll = async (aws: EmbeddedAws, iot: IoTClient, target: string, devices: number, round: number) => {
  const jobId = `round-${round}`;
  let left = devices;
  const done = new Promise<void>((resolve, reject) => {
    const stop = aws.onJobExecutionChanged(({ jobId: changed, thingName, status }) => {
      if (changed !== jobId || status === 'QUEUED' || status === 'IN_PROGRESS') return;
      if (status === 'SUCCEEDED') left -= 1;
      else reject(new Error(`${thingName} in round ${round}: ${status}`));
      if (left > 0) return;
      stop();
      resolve();
    });
  });
  const document = JSON.stringify({
    ...{ version: '1.0', firmwareVersion: `1.0.${round}`, stateMachineName: 'wme-FirmwareUpgrade' },
  });
  await iot.send(new CreateJobCommand({ jobId, targets: [target], document }));
  await done;
  await aws.idle();
};

const run = async (upgrades: number, devices: number, directory?: string): Promise<readonly Round[]> => {
  const aws = await startEmbeddedAws({
    ...{ stackName: 'wme', httpPort: 0, mqttPort: 0 },
    ...(directory !== undefined && { data: { directory } }),
    report: ({ level, source, message }) => level === 'error' && console.error(`[${source}] ${message}`),
  });
  const iot = new IoTClient(aws.clientConfig);
  const { things, thingGroupArn } = await createFleet(iot, devices);
  const fleet = await startFleet({ things, mqttUrl: aws.mqttUrl, firmwareVersion: '1.0.0', timeScale: 0.02 });
  const rounds: Round[] = [];
  const started = performance.now();
  for (let round = 1; round * devices <= upgrades; round += 1) {
    await upgradeAll(aws, iot, thingGroupArn, devices, round);
    const seconds = (performance.now() - started) / 1000;
    rounds.push({ upgrades: round * devices, seconds, ...(await usedMemory()) });
    const { heapBytes, rssBytes } = rounds.at(-1) ?? { heapBytes: 0, rssBytes: 0 };
    const megabytes = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(1).padStart(7)} MB`;
    console.error(
      `${String(round * devices).padStart(6)} upgrades ${seconds.toFixed(0).padStart(5)} s  heap ${megabytes(heapBytes)}  process ${megabytes(rssBytes)}`,
    );
  }
  await fleet.close();
  iot.destroy();
  await aws.close();
  return rounds;
};

const command = addOptions(createCommand('npm run bench:memory --', DESCRIPTION), OPTIONS);
command.action(async () => {
  const values = valuesOf(command, OPTIONS);
  const devices = wholeNumber('devices', values.devices, 5, 5_000);
  const upgrades = wholeNumber('upgrades', values.upgrades, devices * 4, 1_000_000);
  const rounds = await run(upgrades, devices, values.data);
  const growth = growthOf(rounds.slice(Math.floor(rounds.length / 2)));
  if (values.json) console.log(JSON.stringify({ devices, rounds, growthBytesPerUpgrade: growth }));
  else console.log(`Growth in the second half: ${(growth / 1024).toFixed(2)} KB per upgrade`);
  if (growth > MAX_GROWTH) process.exitCode = 1;
});

void runCommand(command, process.argv.slice(2), exitWithFailure);
