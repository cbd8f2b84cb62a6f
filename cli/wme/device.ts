import { describeDevice } from '../../operate/devices/describe-device';
import { type Attempt, deviceHistory } from '../../operate/devices/device-history';
import { deviceRecords } from '../../operate/devices/records';
import { type DeviceSummary, searchDevices } from '../../operate/devices/search-devices';
import { pendingJobs } from '../../operate/rollouts/job-execution';
import { span, utc, utcAndAgo } from '../../operate/words/times';
import { commandOf, groupOf } from '../command-line';
import { wholeNumber } from '../option-values';
import type { Colour, Output } from '../output/output';
import { PAGE_OPTIONS, printNext } from './rollout-list';
import { statusColour } from './rollout-view';
import { jobIdOf, SESSION_OPTIONS, thingNameOf, withSession } from './session';

const THING = [['<thing>', 'name of the thing']] as const;
const COLUMNS = [
  { title: 'DEVICE', whole: true as const },
  ...['CONNECTION', 'VERSION', 'TYPE', 'SINCE'].map((title) => ({ title })),
];

const colourOf = (text: string): Colour | undefined =>
  text === 'connected' ? 'green' : text === 'offline' ? 'yellow' : undefined;

const row =
  (now: number) =>
  ({ thingName, isConnected, attributes, thingTypeName, connectionChangedAt }: DeviceSummary) => [
    ...[thingName, isConnected ? 'connected' : 'offline', attributes['firmwareVersion'] ?? '', thingTypeName ?? ''],
    connectionChangedAt === undefined ? '' : span(now - connectionChangedAt),
  ];

const deviceList = () =>
  commandOf({
    name: 'list',
    description: 'Lists devices as the fleet index has them, some seconds behind.',
    args: [
      [
        '[search]',
        'beginning of a name, or a query such as attributes.firmwareVersion:1.2.1 or connectivity.connected:false',
      ],
    ],
    options: { ...PAGE_OPTIONS, ...SESSION_OPTIONS },
    run: (values, [search = '']) => {
      const limit = wholeNumber('limit', values.limit, 1, 100);
      return withSession(values, async ({ operator, output }) => {
        const page = await searchDevices(operator, search, {
          limit,
          ...(values.next !== undefined && { nextToken: values.next }),
        });
        if (values.json) return output.json({ devices: page.items, nextToken: page.nextToken });
        if (page.items.length === 0) output.line('No device is like that.');
        else output.table(COLUMNS, page.items.map(row(operator.now())), colourOf);
        printNext(output, page.nextToken);
      });
    },
  });

const deviceShow = () =>
  commandOf({
    name: 'show',
    description: 'Shows one device: registry, live connection, what it reported, its jobs.',
    args: THING,
    options: SESSION_OPTIONS,
    run: (values, [thing]) => {
      const thingName = thingNameOf(thing);
      return withSession(values, async ({ operator, output }) => {
        const device = await describeDevice(operator, thingName);
        const [records, pending] = await Promise.all([
          deviceRecords(operator, thingName),
          pendingJobs(operator, thingName),
        ]);
        const { facts, learntAt, current } = records.device;
        if (values.json) return output.json({ ...device, facts, learntAt, current, pending });
        const now = operator.now();
        const { connectivity, attributes, thingTypeName } = device;
        const line = (label: string, text: string) => output.line(`${label.padEnd(12)} ${text}`);
        output.line(thingName, 'bold');
        line('Type', thingTypeName ?? 'none');
        for (const [name, text] of Object.entries(attributes)) line('Attribute', `${name} ${text}`);
        const since = connectivity?.since === undefined ? '' : `, since ${utcAndAgo(connectivity.since, now)}`;
        line(
          'Connection',
          connectivity ? `${connectivity.isConnected ? 'connected' : 'offline'}${since}` : 'not indexed',
        );
        for (const [name, text] of Object.entries(facts))
          line('Reported', `${name} ${text}, ${span(now - (learntAt[name] ?? 0))} ago`);
        for (const { jobId, status } of pending) line('Job', `${jobId} ${status}`);
        output.line(`wme device history ${thingName} tells what happened to it.`, 'dim');
      });
    },
  });

const printAttempt = (output: Output, { jobId, executionNumber, status, details, executionArn, timeline }: Attempt) => {
  output.line(`${jobId}, attempt ${executionNumber}: ${status ?? 'an earlier attempt'}`, 'bold');
  const { step, error, cause } = details;
  const reason = [step, error, cause].filter(Boolean).join(': ');
  if (error !== undefined) output.line(`  ${reason}`, status === undefined ? undefined : statusColour(status));
  for (const { at, source, words } of timeline) output.line(`  ${utc(at)}  ${source.padEnd(8)}  ${words}`);
  if (executionArn !== undefined) output.line(`  ${executionArn}`, 'dim');
};

const deviceHistoryCommand = () =>
  commandOf({
    name: 'history',
    description: 'Tells what happened to a device in its latest attempts: job, workflow, commands, messages.',
    args: THING,
    options: {
      attempts: { value: 'N', default: '3', description: 'the latest N attempts' },
      job: { value: 'ID', description: 'only those of this roll-out' },
      ...SESSION_OPTIONS,
    },
    run: (values, [thing]) => {
      const thingName = thingNameOf(thing);
      const limit = wholeNumber('attempts', values.attempts, 1, 100);
      const only = values.job === undefined ? {} : { jobId: jobIdOf(values.job, '--job') };
      return withSession(values, async ({ operator, output }) => {
        const attempts = await deviceHistory(operator, thingName, { limit, ...only });
        if (values.json) return output.json(attempts);
        if (attempts.length === 0) {
          await describeDevice(operator, thingName);
          return output.line(`No roll-out has reached ${thingName}.`);
        }
        for (const [index, attempt] of attempts.entries()) {
          if (index > 0) output.line();
          printAttempt(output, attempt);
        }
      });
    },
  });

export const deviceCommands = () =>
  groupOf('device', 'Devices: list, show, history.', [deviceList(), deviceShow(), deviceHistoryCommand()]);
