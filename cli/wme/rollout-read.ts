import { forEachLimited } from '../../operate/limited';
import { type ExecutionStatus, rolloutWithDocument, STATUSES, totalsOf } from '../../operate/rollouts/describe-rollout';
import { rolloutFailures } from '../../operate/rollouts/failures';
import { listExecutions } from '../../operate/rollouts/list-executions';
import { listRollouts } from '../../operate/rollouts/list-rollouts';
import { NotFoundError } from '../../operate/operator';
import { createStepsCrawler } from '../../operate/steps/crawler';
import { span } from '../../operate/words/times';
import { UsageError } from '../../simulator/usage-error';
import { commandOf, type OptionSpecs } from '../command-line';
import { wholeNumber } from '../option-values';
import { barLines } from '../output/bars';
import type { Output } from '../output/output';
import {
  outcomeBars,
  printFailures,
  printRollout,
  ROLLOUT_COLUMNS,
  rolloutRow,
  sampleWords,
  statusColour,
  stepBars,
} from './rollout-view';
import { jobIdOf, SESSION_OPTIONS, withSession } from './session';

/** Options of lists. */
export const PAGE_OPTIONS = {
  limit: { value: 'N', default: '20', description: 'at most N' },
  next: { value: 'TOKEN', description: 'go on where the last page ended; it prints the token' },
} as const satisfies OptionSpecs;

/** Throttled at ten calls a second by IoT Jobs. */
const AT_ONCE = 4;

export const printNext = (output: Output, nextToken: string | undefined): void => {
  if (nextToken !== undefined) output.line(`More: --next ${nextToken}`, 'dim');
};

/** @throws UsageError */
const statusOf = (text: string | undefined): ExecutionStatus | undefined => {
  if (text === undefined) return undefined;
  const found = STATUSES.find((status) => status === text.toUpperCase());
  if (!found) throw new UsageError(`--status ${text}: give one of ${STATUSES.join(', ')}.`);
  return found;
};

export const rolloutList = () =>
  commandOf({
    name: 'list',
    description: 'Lists the roll-outs of the stack, the newest first.',
    options: { ...PAGE_OPTIONS, ...SESSION_OPTIONS },
    run: (values) => {
      const limit = wholeNumber('limit', values.limit, 1, 250);
      return withSession(values, async ({ operator, output }) => {
        const page = await listRollouts(operator, {
          limit,
          ...(values.next !== undefined && { nextToken: values.next }),
        });
        const found = await forEachLimited(page.items, AT_ONCE, ({ jobId }) =>
          // Of another stack with the same prefix, or deleted meanwhile.
          rolloutWithDocument(operator, jobId).catch((error: unknown) => {
            if (error instanceof NotFoundError) return undefined;
            throw error;
          }),
        );
        const rollouts = found.filter((rollout) => rollout !== undefined);
        if (values.json) return output.json({ rollouts, nextToken: page.nextToken });
        if (rollouts.length === 0) output.line('There are no roll-outs. wme rollout create makes one.');
        else
          output.table(
            ROLLOUT_COLUMNS,
            rollouts.map((rollout) => rolloutRow(rollout, operator.now())),
            statusColour,
          );
        printNext(output, page.nextToken);
      });
    },
  });

const DEVICE_COLUMNS = [
  { title: 'DEVICE', whole: true as const },
  { title: 'STATUS' },
  { title: 'ATTEMPT', right: true as const },
  { title: 'UPDATED' },
];

export const rolloutShow = () =>
  commandOf({
    name: 'show',
    description: 'Shows one roll-out: settings, steps, outcomes, and failures by cause; or its devices.',
    args: [['<job>', 'id of the roll-out']],
    options: {
      devices: { description: 'list its devices instead' },
      status: { value: 'STATUS', description: 'only devices with this status, such as FAILED; with --devices' },
      failures: { value: 'N', default: '50', description: 'look at the causes of at most N failures: one call each' },
      ...PAGE_OPTIONS,
      ...SESSION_OPTIONS,
    },
    run: (values, [job]) => {
      const jobId = jobIdOf(job);
      const status = statusOf(values.status);
      const limit = wholeNumber('limit', values.limit, 1, 250);
      const failuresLimit = wholeNumber('failures', values.failures, 0, 1_000);
      return withSession(values, async ({ operator, output }) => {
        if (values.devices) {
          const nextToken = values.next === undefined ? {} : { nextToken: values.next };
          const page = await listExecutions(operator, jobId, { limit, ...nextToken, ...(status && { status }) });
          if (values.json) return output.json({ devices: page.items, nextToken: page.nextToken });
          const rows = page.items.map((execution) => [
            ...[execution.thingName, execution.status, String(execution.executionNumber)],
            `${span(operator.now() - execution.lastUpdatedAt)} ago`,
          ]);
          output.table(DEVICE_COLUMNS, rows, statusColour);
          return printNext(output, page.nextToken);
        }
        const rollout = await rolloutWithDocument(operator, jobId);
        const { all } = totalsOf(rollout.counts);
        const steps = await createStepsCrawler(operator, jobId).round();
        const failures = await rolloutFailures(operator, jobId, rollout.counts, { limit: failuresLimit });
        if (values.json) return output.json({ ...rollout, steps, failures });
        printRollout(output, rollout, operator.now());
        output.line();
        output.line([`Steps and outcomes of ${all} devices`, sampleWords(steps)].filter(Boolean).join(', '), 'bold');
        const bars = [...stepBars(steps), ...outcomeBars(rollout.counts)];
        for (const line of barLines(bars, all, output.width)) output.line(line);
        printFailures(output, failures);
      });
    },
  });
