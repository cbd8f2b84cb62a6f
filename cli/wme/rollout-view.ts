import type { Preview } from '../../operate/rollouts/create-rollout';
import { type Rollout, type RolloutWithDocument } from '../../operate/rollouts/describe-rollout';
import { type Counts, failedIn, isPending, STATUSES, statusInWords, totalsOf } from '../../operate/words/statuses';
import type { FailureGroup, Failures } from '../../operate/rollouts/failures';
import type { Steps } from '../../operate/steps/crawler';
import { errorInWords } from '../../operate/words/errors';
import { stateInWords, STEP_LABELS } from '../../operate/words/states';
import { span, utcAndAgo } from '../../operate/words/times';
import type { Bar } from '../output/bars';
import type { Colour, Output } from '../output/output';

/** Statuses of jobs and job executions, as colours; the words say it, too. */
const COLOURS: Readonly<Record<string, Colour>> = {
  ...{ SUCCEEDED: 'green', COMPLETED: 'green', FAILED: 'red', TIMED_OUT: 'red', REJECTED: 'red', CANCELED: 'yellow' },
  ...{ IN_PROGRESS: 'cyan', SCHEDULED: 'yellow', QUEUED: 'dim', REMOVED: 'dim' },
};
export const statusColour = (text: string): Colour | undefined => COLOURS[text];

export const ROLLOUT_COLUMNS = [
  ...[{ title: 'ROLL-OUT', whole: true as const }, { title: 'STATUS' }, { title: 'VERSION' }],
  ...(['ENDED', 'FAILED'] as const).map((title) => ({ title, right: true as const })),
  { title: 'CREATED' },
];

export const rolloutRow = (rollout: RolloutWithDocument, now: number): readonly string[] => {
  const { jobId, status, counts, createdAt, document } = rollout;
  const { all, ended } = totalsOf(counts);
  const version = document.firmwareVersion ?? '';
  return [jobId, status, version, `${ended} of ${all}`, String(failedIn(counts)), `${span(now - createdAt)} ago`];
};

/** Ended statuses that some devices have. */
export const outcomeBars = (counts: Counts): readonly Bar[] =>
  STATUSES.filter((status) => status === 'SUCCEEDED' || status === 'FAILED' || counts[status] > 0)
    .filter((status) => !isPending(status))
    .map((status) => ({ label: statusInWords(status), count: counts[status] }));

/** Steps in which some devices are, in the order in which devices take them. */
export const stepBars = ({ byState }: Steps): readonly Bar[] => {
  const byLabel = new Map<string, number>();
  for (const [state, count] of Object.entries(byState)) {
    const { label } = stateInWords(state);
    byLabel.set(label, (byLabel.get(label) ?? 0) + count);
  }
  const order = (label: string) => (STEP_LABELS.includes(label) ? STEP_LABELS.indexOf(label) : STEP_LABELS.length);
  return [...byLabel].map(([label, count]) => ({ label, count })).toSorted((a, b) => order(a.label) - order(b.label));
};

/** Says how much of the truth the steps are. */
export const sampleWords = ({ looked, pending }: Steps): string =>
  looked >= pending ? '' : `${looked} of ${pending} pending devices looked at`;

const settingLines = ({
  configs,
  targetSelection,
  targets,
  document,
}: RolloutWithDocument): readonly (readonly [string, string])[] => [
  ['Version', document.firmwareVersion ?? 'none'],
  ['Targets', `${targetSelection}: ${targets.join(', ')}`],
  ...Object.entries(configs).map(
    ([name, config]) => [name.charAt(0).toUpperCase() + name.slice(1), JSON.stringify(config)] as const,
  ),
  ...(document['activation'] === undefined ? [] : [['Activation', JSON.stringify(document['activation'])] as const]),
];

const reasonOf = ({ reasonCode, comment }: Rollout): string =>
  [reasonCode, comment].filter((text) => text !== undefined && text !== '').join(': ');

export const printRollout = (output: Output, rollout: RolloutWithDocument, now: number): void => {
  const { jobId, status, createdAt, completedAt } = rollout;
  output.line(`${jobId}  ${status}${reasonOf(rollout) === '' ? '' : ` (${reasonOf(rollout)})`}`, 'bold');
  for (const [label, text] of settingLines(rollout)) output.line(`${label.padEnd(11)} ${text}`);
  output.line(`Created     ${utcAndAgo(createdAt, now)}`);
  if (completedAt !== undefined) output.line(`Ended       ${utcAndAgo(completedAt, now)}`);
};

const headOf = ({ status, step, error, devices }: FailureGroup): string => {
  const what = error === undefined ? status : `${error}${step === undefined ? '' : ` in ${step}`}`;
  return `${devices} × ${what}`;
};

export const printFailures = (output: Output, { groups, looked, failed }: Failures): void => {
  if (failed === 0) return;
  output.line();
  output.line(looked < failed ? `Failures (${looked} of ${failed} looked at)` : 'Failures', 'bold');
  for (const group of groups) {
    const words = group.error === undefined ? undefined : errorInWords(group.error);
    output.line(`  ${headOf(group)}`, 'red');
    if (group.cause !== undefined) output.line(`    ${group.cause}`);
    if (words) output.line(`    ${words.means}. ${words.help}`);
    output.line(`    such as ${group.samples.join(', ')}`, 'dim');
  }
};

export const printPreview = (output: Output, preview: Preview): void => {
  const { devices, versions, samples, targets } = preview;
  output.line(`Would reach ${devices} devices of ${targets.join(', ')}; nothing is created.`, 'bold');
  const classes = [
    ['offline', 'not connected'],
    ['alreadyOnTarget', 'have the version already'],
    ['needsDowngrade', 'are on a newer version, and refused'],
    ['incompatible', 'are not what the firmware is for, and refused'],
    ['withoutVersion', 'have no attribute firmwareVersion, and fail'],
    ['notFound', 'are not in the fleet index'],
  ] as const;
  for (const [name, meaning] of classes) {
    const count = preview[name] ?? 0;
    if (count > 0) output.line(`  ${count} ${meaning}: ${(samples[name] ?? []).join(', ')}`);
  }
  const words = Object.entries(versions).map(([version, count]) => `${version} × ${count}`);
  if (words.length > 0) output.line(`  versions: ${words.join(', ')}`);
};
