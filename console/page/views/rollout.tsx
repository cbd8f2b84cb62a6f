import { useState } from 'preact/hooks';
import type { RolloutWithDocument } from '../../../operate/rollouts/describe-rollout';
import type { Steps } from '../../../operate/steps/crawler';
import { failedIn } from '../../../operate/words/statuses';
import { topic } from '../../shared/topics';
import { Chart } from '../parts/chart';
import { Executions } from '../parts/executions';
import { FailureTable } from '../parts/failures';
import { RolloutFacts } from '../parts/rollout-facts';
import { Loaded, Section } from '../parts/section';
import { StateGraphView } from '../parts/state-graph';
import { Counts, ProgressBar, Status } from '../parts/status';
import { StepsTable } from '../parts/steps';
import { numberText, plural } from '../parts/text';
import { type Live, useLive } from '../use-live';
import { CancelRollout } from './cancel-rollout';
import { RetryFailed } from './retry-failed';

const Buttons = ({ rollout }: { readonly rollout: RolloutWithDocument }) => {
  const [dialog, setDialog] = useState<'cancel' | 'retry'>();
  const { jobId, status, counts } = rollout;
  const close = () => setDialog(undefined);
  const isRunning = status === 'IN_PROGRESS' || status === 'SCHEDULED';
  return (
    <div class="buttons">
      {failedIn(counts) > 0 && (
        <button type="button" onClick={() => setDialog('retry')}>
          Retry {plural(failedIn(counts), 'failed device')} …
        </button>
      )}
      {isRunning && (
        <button type="button" class="danger" onClick={() => setDialog('cancel')}>
          Cancel …
        </button>
      )}
      {dialog === 'cancel' && <CancelRollout jobId={jobId} upgrading={counts.IN_PROGRESS} onClose={close} />}
      {dialog === 'retry' && <RetryFailed jobId={jobId} onClose={close} />}
    </div>
  );
};

const ProgressSection = ({ jobId }: { readonly jobId: string }) => {
  const progress = useLive(topic('progress', { id: jobId }));
  return (
    <Section title="Success and failure over time">
      <Loaded live={progress}>
        {({ points, known, ended }) =>
          points.length === 0 ? (
            <p class="quiet">No device is done yet.</p>
          ) : (
            <>
              <Chart points={points} label={`Devices of ${jobId} that are done, over time`} />
              {known < ended && (
                <p class="quiet">
                  The ends of {numberText(known)} of {plural(ended, 'device')} are known.
                </p>
              )}
            </>
          )
        }
      </Loaded>
    </Section>
  );
};

const FailuresSection = ({ jobId }: { readonly jobId: string }) => {
  const failures = useLive(topic('failures', { id: jobId }));
  return (
    <Section title="Failures by cause">
      <Loaded live={failures}>{(value) => <FailureTable failures={value} jobId={jobId} />}</Loaded>
    </Section>
  );
};

const StepsSection = ({ steps }: { readonly steps: Live<Steps> }) => (
  <Section title="Where its devices are">
    <Loaded live={steps}>{(value) => <StepsTable steps={value} />}</Loaded>
  </Section>
);

const MachineSection = ({ steps }: { readonly steps: Live<Steps> }) => {
  const machine = useLive('machine');
  return (
    <Section title="State machine">
      <Loaded live={machine}>
        {(graph) => (
          <StateGraphView
            graph={graph}
            counts={steps.value?.byState ?? {}}
            label="The state machine, with the number of devices in each state"
          />
        )}
      </Loaded>
    </Section>
  );
};

const Parts = ({ jobId, query }: { readonly jobId: string; readonly query: URLSearchParams }) => {
  const steps = useLive(topic('steps', { id: jobId }));
  return (
    <>
      <div class="columns">
        <div class="column">
          <ProgressSection jobId={jobId} />
          <StepsSection steps={steps} />
        </div>
        <div class="column">
          <FailuresSection jobId={jobId} />
          <Executions jobId={jobId} query={query} />
        </div>
      </div>
      <MachineSection steps={steps} />
    </>
  );
};

/** One roll-out: how far it is, what failed, where its devices are, and what can be done about it. */
export const RolloutView = ({ jobId, query }: { readonly jobId: string; readonly query: URLSearchParams }) => {
  const rollout = useLive(topic('rollout', { id: jobId }));
  const isKnown = rollout.value !== undefined;
  return (
    <>
      <header class="title">
        <h1 tabIndex={-1}>{jobId}</h1>
        {rollout.value && <Status status={rollout.value.status} />}
        {rollout.value && <Buttons rollout={rollout.value} />}
      </header>
      <Loaded live={rollout}>
        {(value) => (
          <>
            <RolloutFacts rollout={value} />
            <ProgressBar counts={value.counts} label="Progress" />
            <Counts counts={value.counts} />
          </>
        )}
      </Loaded>
      {isKnown && <Parts jobId={jobId} query={query} />}
    </>
  );
};
