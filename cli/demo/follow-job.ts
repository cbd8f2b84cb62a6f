import type { EmbeddedAws } from '../../local/embedded-aws';
import type { LiveProgress } from './live-progress';

export interface JobProgress {
  /** Terminal status of each thing's job execution. */
  readonly statusOf: ReadonlyMap<string, string>;
}

const TERMINAL = new Set(['SUCCEEDED', 'FAILED', 'REJECTED', 'TIMED_OUT', 'REMOVED', 'CANCELED']);

/** The steps of an upgrade to report, in order, by state name. */
const STEPS: ReadonlyMap<string, string> = new Map([
  ['ClaimExecution', 'claimed'],
  ['StartDownload', 'asked'],
  ['WaitForDeviceMessages', 'downloading'],
  ['IsFirmwareUpdateCompleted', 'rebooted'],
  ['UpdateThing', 'verified'],
]);

/** Follows job executions until they end, and shows at most twice a second how many devices have reached each step. */
export const followJob = (
  aws: EmbeddedAws,
  devices: number,
  show: LiveProgress['show'],
): { readonly finished: Promise<JobProgress> } => {
  const statusOf = new Map<string, string>();
  const reached = new Map<string, number>([...STEPS.values()].map((step) => [step, 0]));
  const showProgress = () => {
    const ended = [...statusOf.values()];
    const succeeded = ended.filter((status) => status === 'SUCCEEDED').length;
    const bars = [
      ...[...reached].map(([label, count]) => ({ label, count })),
      { label: 'succeeded', count: succeeded },
      { label: 'failed', count: ended.length - succeeded },
    ];
    show(bars, devices);
  };
  const ticker = setInterval(showProgress, 500);
  const stopStates = aws.onStateEntered(({ stateName }) => {
    const step = STEPS.get(stateName);
    if (step !== undefined) reached.set(step, (reached.get(step) ?? 0) + 1);
  });
  const finished = new Promise<JobProgress>((resolve) => {
    const stopJobs = aws.onJobExecutionChanged(({ thingName, status }) => {
      if (!TERMINAL.has(status)) return;
      statusOf.set(thingName, status);
      if (statusOf.size < devices) return;
      clearInterval(ticker);
      stopStates();
      stopJobs();
      showProgress();
      resolve({ statusOf });
    });
  });
  return { finished };
};
