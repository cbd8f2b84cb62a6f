import type { EmbeddedAws } from '../../local/embedded-aws';

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

/** Follows job executions until they end, and prints at most twice a second how many devices have reached each step. */
export const followJob = (
  aws: EmbeddedAws,
  devices: number,
  print: (line: string) => void,
): { readonly finished: Promise<JobProgress> } => {
  const statusOf = new Map<string, string>();
  const reached = new Map<string, number>([...STEPS.values()].map((step) => [step, 0]));
  let lastLine = '';
  const line = () => {
    const steps = [...reached].map(([step, count]) => `${step} ${count}`);
    const ended = [...statusOf.values()];
    const succeeded = ended.filter((status) => status === 'SUCCEEDED').length;
    const text = `${steps.join('  ')}  succeeded ${succeeded}  failed ${ended.length - succeeded}  of ${devices}`;
    if (text !== lastLine) print(text);
    lastLine = text;
  };
  const ticker = setInterval(line, 500);
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
      line();
      resolve({ statusOf });
    });
  });
  return { finished };
};
