import type { ComponentChildren } from 'preact';
import type { DeviceDescription } from '../../../operate/devices/describe-device';
import type { Attempt } from '../../../operate/devices/device-history';
import { topic } from '../../shared/topics';
import { wayThrough } from '../lit-states';
import { Loaded, Section } from '../parts/section';
import { StateGraphView } from '../parts/state-graph';
import { Status } from '../parts/status';
import { Foreign, Time } from '../parts/text';
import { Timeline } from '../parts/timeline';
import { Explained } from '../parts/verdict';
import { href } from '../router';
import { type Live, useLive } from '../use-live';
import { Table } from '../parts/table';

const Facts = ({ device }: { readonly device: DeviceDescription }) => {
  const { attributes, thingTypeName, connectivity } = device;
  const { firmwareVersion, ...others } = attributes;
  const facts: readonly (readonly [string, ComponentChildren])[] = [
    ['Version in the registry', <Foreign text={firmwareVersion ?? 'none'} />],
    [
      'Connection',
      connectivity === undefined ? (
        'not indexed'
      ) : (
        <>
          {connectivity.isConnected ? '● connected' : '○ offline'}
          {connectivity.since !== undefined && (
            <>
              {' '}
              since <Time at={connectivity.since} />
            </>
          )}
          {!connectivity.isConnected &&
            connectivity.disconnectReason !== undefined &&
            ` (${connectivity.disconnectReason})`}
        </>
      ),
    ],
    ...(thingTypeName === undefined ? [] : [['Thing type', <Foreign text={thingTypeName} />] as const]),
    ...Object.entries(others).map(([name, value]) => [name, <Foreign text={value} />] as const),
  ];
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>
            <Foreign text={name} />
          </dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
};

const Attempts = ({
  thingName,
  attempts,
  shown,
}: {
  thingName: string;
  attempts: readonly Attempt[];
  shown: Attempt;
}) => (
  <Table
    columns={[
      'Roll-out',
      { title: 'Attempt', className: 'number' },
      'Status',
      'Began',
      { title: 'Error', className: 'wide' },
    ]}
  >
    {attempts.map((attempt) => (
      <tr key={attempt.operationId} aria-current={attempt === shown ? 'true' : undefined}>
        <th scope="row">
          <a href={href(['devices', thingName], { job: attempt.jobId, attempt: String(attempt.executionNumber) })}>
            {attempt.jobId}
          </a>
        </th>
        <td class="number">{attempt.executionNumber}</td>
        <td>{attempt.status === undefined ? '–' : <Status status={attempt.status} />}</td>
        <td>
          <Time at={attempt.startedAt} />
        </td>
        <td class="wide">{attempt.details['error'] !== undefined && <Foreign text={attempt.details['error']} />}</td>
      </tr>
    ))}
  </Table>
);

/** The names of events that end an execution. */
const ENDS = new Set(['ExecutionSucceeded', 'ExecutionFailed', 'ExecutionAborted', 'ExecutionTimedOut']);

const AttemptGraph = ({ attempt: { timeline, operationId } }: { readonly attempt: Attempt }) => {
  const machine = useLive('machine');
  const names = timeline.filter(({ source }) => source === 'workflow').map(({ name }) => name);
  return (
    <Section title="State machine">
      <Loaded live={machine}>
        {(graph) => (
          <StateGraphView
            graph={graph}
            label={`The way of ${operationId} through the state machine`}
            {...wayThrough(
              graph,
              names,
              names.some((name) => ENDS.has(name)),
            )}
          />
        )}
      </Loaded>
    </Section>
  );
};

const History = ({
  thingName,
  history,
  query,
}: {
  thingName: string;
  history: Live<readonly Attempt[]>;
  query: URLSearchParams;
}) => {
  const isAsked = ({ jobId, executionNumber }: Attempt) =>
    jobId === query.get('job') && [null, String(executionNumber)].includes(query.get('attempt'));
  const shown = history.value?.find(isAsked) ?? history.value?.[0];
  if (history.value !== undefined && shown === undefined) return <p class="quiet">No roll-out has reached it.</p>;
  return (
    <>
      <div class="column">
        <Section title="Attempts">
          <Loaded live={history}>
            {(attempts) => shown && <Attempts thingName={thingName} attempts={attempts} shown={shown} />}
          </Loaded>
        </Section>
        {shown && (
          <Section title={`What happened in attempt ${shown.executionNumber} of ${shown.jobId}`}>
            <Timeline entries={shown.timeline} />
          </Section>
        )}
      </div>
      {shown && <AttemptGraph attempt={shown} />}
    </>
  );
};

/** One device: what it waits for, what happened to it, and where it is in the state machine. */
export const DeviceView = ({ thingName, query }: { readonly thingName: string; readonly query: URLSearchParams }) => {
  const device = useLive(topic('device', { thing: thingName }));
  const history = useLive(topic('history', { thing: thingName }));
  return (
    <>
      <h1 tabIndex={-1}>
        <Foreign text={thingName} />
      </h1>
      <Loaded live={device}>{(value) => <Facts device={value} />}</Loaded>
      <Section title="Now">
        <Explained thingName={thingName} jobId={query.get('job') ?? undefined} />
      </Section>
      <div class="columns">
        <History thingName={thingName} history={history} query={query} />
      </div>
    </>
  );
};
