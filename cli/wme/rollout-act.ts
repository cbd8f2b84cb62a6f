import { cancelRollout } from '../../operate/rollouts/cancel-rollout';
import { planRetry, previewRetry, runRetry } from '../../operate/rollouts/retry-failed';
import { commandOf } from '../command-line';
import { positiveNumber, wholeNumber } from '../option-values';
import { interrupted } from '../terminal';
import { printPreview } from './rollout-view';
import { jobIdOf, SESSION_OPTIONS, withSession } from './session';
import { hasFailures, watchRollout } from './watch';

const JOB = [['<job>', 'id of the roll-out']] as const;

export const rolloutWatch = () =>
  commandOf({
    name: 'watch',
    description: 'Follows a roll-out until it is over or until Ctrl-C: devices by step, and outcomes.',
    args: JOB,
    options: {
      'fail-on-failure': { description: 'exit with 1 when a device failed, for scripts' },
      pause: { value: 'S', default: '2', description: 'seconds between two looks' },
      'calls-per-second': { value: 'N', default: '3', description: 'calls of AWS at most' },
      ...SESSION_OPTIONS,
    },
    notes:
      'A CONTINUOUS roll-out is never over: end with Ctrl-C. With more pending devices than 200, steps are those of a sample.\nWithout a terminal: one line when something has changed.\nExit code 0: over. 1: a device failed, with --fail-on-failure; or a call failed. 2: usage error. 130: interrupted.',
    run: (values, [job]) => {
      const jobId = jobIdOf(job);
      const pauseMs = positiveNumber('pause', values.pause) * 1000;
      const calls = wholeNumber('calls-per-second', values['calls-per-second'], 1, 100);
      const stop = new AbortController();
      void interrupted().then(() => stop.abort());
      return withSession(
        values,
        async ({ operator, output }) => {
          const shown = values.json ? { ...output, live: () => SILENT } : output;
          const rollout = await watchRollout(operator, shown, jobId, { pauseMs, signal: stop.signal });
          if (values.json) output.json(rollout);
          if (stop.signal.aborted) process.exitCode = 130;
          else if (values['fail-on-failure'] && hasFailures(rollout)) process.exitCode = 1;
        },
        calls,
      );
    },
  });

/** With --json, only the result is printed. */
const SILENT = { update: () => undefined, print: () => undefined, end: () => undefined };

export const rolloutCancel = () =>
  commandOf({
    name: 'cancel',
    description: 'Cancels a roll-out: devices that have not begun do not begin any more.',
    args: JOB,
    options: {
      force: { description: 'also stop the upgrades that are going on' },
      comment: { value: 'TEXT', description: 'why; it is kept with the job' },
      ...SESSION_OPTIONS,
    },
    run: (values, [job]) => {
      const jobId = jobIdOf(job);
      return withSession(values, async ({ operator, output }) => {
        const { force, comment } = values;
        await cancelRollout(operator, jobId, { force, ...(comment !== undefined && { comment }) });
        if (values.json) return output.json({ jobId, cancelled: true });
        output.line(`Cancelled ${jobId}.`);
        if (!force) output.line('Upgrades that have begun go on; --force stops them, too.', 'dim');
      });
    },
  });

export const rolloutRetryFailed = () =>
  commandOf({
    name: 'retry-failed',
    description: 'Upgrades the failed devices of a roll-out again, with its settings: a new roll-out per 100 devices.',
    args: JOB,
    options: { 'dry-run': { description: 'create nothing, and count the devices' }, ...SESSION_OPTIONS },
    run: (values, [job]) => {
      const jobId = jobIdOf(job);
      return withSession(values, async ({ operator, output }) => {
        const retry = await planRetry(operator, jobId);
        if (values['dry-run']) {
          const previews = await previewRetry(operator, retry);
          if (values.json) return output.json(previews);
          for (const preview of previews) printPreview(output, preview);
          return;
        }
        const jobIds = await runRetry(operator, retry);
        if (values.json) return output.json({ jobIds, devices: retry.things });
        for (const jobId of jobIds) output.line(`Created ${jobId}.`);
        output.line(
          `${retry.things.length} devices are tried again: ${retry.things.slice(0, 5).join(', ')}${retry.things.length > 5 ? ', …' : ''}`,
        );
      });
    },
  });
