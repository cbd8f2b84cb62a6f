import { rolloutWithDocument } from '../../operate/rollouts/describe-rollout';
import { type ExecutionStatus, STATUSES, totalsOf } from '../../operate/words/statuses';
import { rolloutFailures } from '../../operate/rollouts/failures';
import { listExecutions } from '../../operate/rollouts/list-executions';
import { createStepsCrawler } from '../../operate/steps/crawler';
import { span } from '../../operate/words/times';
import { UsageError } from '../../simulator/usage-error';
import { commandOf, type OptionSpecs, type Values } from '../command-line';
import { wholeNumber } from '../option-values';
import { barLines } from '../output/bars';
import { PAGE_OPTIONS, printNext } from './rollout-list';
import { outcomeBars, printFailures, printRollout, sampleWords, statusColour, stepBars } from './rollout-view';
import { jobIdOf, type Session, SESSION_OPTIONS, withSession } from './session';

const OPTIONS = {
  devices: { description: 'list its devices instead' },
  status: { value: 'STATUS', description: 'only devices with this status, such as FAILED; with --devices' },
  failures: { value: 'N', default: '50', description: 'look at the causes of at most N failures: one call each' },
  ...PAGE_OPTIONS,
  ...SESSION_OPTIONS,
} as const satisfies OptionSpecs;

const DEVICE_COLUMNS = [
  { title: 'DEVICE', whole: true as const },
  { title: 'STATUS' },
  { title: 'ATTEMPT', right: true as const },
  { title: 'UPDATED' },
];

/** @throws UsageError */
const statusOf = (text: string | undefined): ExecutionStatus | undefined => {
  if (text === undefined) return undefined;
  const found = STATUSES.find((status) => status === text.toUpperCase());
  if (!found) throw new UsageError(`--status ${text}: give one of ${STATUSES.join(', ')}.`);
  return found;
};

/** @throws UsageError */
const checked = (values: Values<typeof OPTIONS>) => ({
  status: statusOf(values.status),
  limit: wholeNumber('limit', values.limit, 1, 250),
  failures: wholeNumber('failures', values.failures, 0, 1_000),
  ...{ json: values.json, nextToken: values.next },
});
type Wanted = ReturnType<typeof checked>;

const showDevices = async ({ operator, output }: Session, jobId: string, wanted: Wanted): Promise<void> => {
  const { limit, nextToken, status, json } = wanted;
  const request = { limit, ...(nextToken !== undefined && { nextToken }), ...(status && { status }) };
  const page = await listExecutions(operator, jobId, request);
  if (json) return output.json({ devices: page.items, nextToken: page.nextToken });
  const rows = page.items.map((execution) => [
    ...[execution.thingName, execution.status, String(execution.executionNumber)],
    `${span(operator.now() - execution.lastUpdatedAt)} ago`,
  ]);
  output.table(DEVICE_COLUMNS, rows, statusColour);
  printNext(output, page.nextToken);
};

const showRollout = async ({ operator, output }: Session, jobId: string, wanted: Wanted): Promise<void> => {
  const rollout = await rolloutWithDocument(operator, jobId);
  const { all } = totalsOf(rollout.counts);
  const steps = await createStepsCrawler(operator, jobId).round();
  const failures = await rolloutFailures(operator, jobId, rollout.counts, { limit: wanted.failures });
  if (wanted.json) return output.json({ ...rollout, steps, failures });
  printRollout(output, rollout, operator.now());
  output.line();
  output.line([`Steps and outcomes of ${all} devices`, sampleWords(steps)].filter(Boolean).join(', '), 'bold');
  const bars = [...stepBars(steps), ...outcomeBars(rollout.counts)];
  for (const line of barLines(bars, all, output.width)) output.line(line);
  printFailures(output, failures);
};

export const rolloutShow = () =>
  commandOf({
    name: 'show',
    description: 'Shows one roll-out: settings, steps, outcomes, and failures by cause; or its devices.',
    args: [['<job>', 'id of the roll-out']],
    options: OPTIONS,
    run: (values, [job]) => {
      const jobId = jobIdOf(job);
      const wanted = checked(values);
      const show = values.devices ? showDevices : showRollout;
      return withSession(values, (session) => show(session, jobId, wanted));
    },
  });
