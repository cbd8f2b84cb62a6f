import { describeDevice } from '../../operate/devices/describe-device';
import { type Attempt, deviceHistory } from '../../operate/devices/device-history';
import { fleetOverview } from '../../operate/devices/fleet-overview';
import { listGroups } from '../../operate/devices/list-groups';
import { searchDevices } from '../../operate/devices/search-devices';
import { explain } from '../../operate/explain/explain';
import type { Operator } from '../../operate/operator';
import { isPending } from '../../operate/words/statuses';
import { every, type Loaders, pageRequest, RARELY_MS, required } from './topic-loader';

/** Each takes two calls. */
const MAX_ATTEMPTS = 5;

/** The latest attempt may still go on: one without a status is queued, or is of a job that IoT Jobs has forgotten. */
const isGoingOn = ([latest]: readonly Attempt[]): boolean => latest?.status !== undefined && isPending(latest.status);

const jobIn = (parameters: URLSearchParams): { readonly jobId?: string } => {
  const jobId = parameters.get('job');
  return jobId === null || jobId === '' ? {} : { jobId };
};

/** What pages show of the fleet and of single devices. */
export const deviceTopics = (
  operator: Operator,
): Loaders<'fleet' | 'groups' | 'devices' | 'device' | 'explanation' | 'history'> => {
  const knownVersions = new Set<string>();
  return {
    fleet: { pauseAfter: every(15_000), load: () => fleetOverview(operator, knownVersions) },
    groups: { pauseAfter: every(30_000), load: () => listGroups(operator) },
    devices: {
      pauseAfter: every(8000),
      load: (parameters) => searchDevices(operator, parameters.get('query') ?? '', pageRequest(parameters)),
    },
    device: {
      pauseAfter: every(4000),
      load: (parameters) => describeDevice(operator, required(parameters, 'thing')),
    },
    explanation: {
      pauseAfter: ({ kind }) => (kind === 'waiting' || kind === 'working' ? 4000 : 10_000),
      // Looking into the queues hides their messages from others for a moment: only for one who asks for it, and once.
      load: (parameters) =>
        explain(operator, required(parameters, 'thing'), {
          ...jobIn(parameters),
          withDeadLetters: parameters.has('letters'),
        }),
    },
    history: {
      pauseAfter: (attempts) => (isGoingOn(attempts) ? 3000 : RARELY_MS),
      load: (parameters) =>
        deviceHistory(operator, required(parameters, 'thing'), { ...jobIn(parameters), limit: MAX_ATTEMPTS }),
    },
  };
};
