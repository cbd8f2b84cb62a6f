import type {
  Configuration,
  DescribeEventConfigurationsCommandInput,
  DescribeEventConfigurationsCommandOutput,
  EventType,
  UpdateEventConfigurationsCommandInput,
} from '@aws-sdk/client-iot';
import type { IotContext } from '../context';
import { invalidRequest } from '../errors';
import type { Output } from '../output';

const EVENT_TYPES: readonly EventType[] = [
  'CA_CERTIFICATE',
  'CERTIFICATE',
  'JOB',
  'JOB_EXECUTION',
  'POLICY',
  'THING',
  'THING_GROUP',
  'THING_GROUP_HIERARCHY',
  'THING_GROUP_MEMBERSHIP',
  'THING_TYPE',
  'THING_TYPE_ASSOCIATION',
];
const isEventType = (text: string): text is EventType => EVENT_TYPES.some((type) => type === text);

/** There is one configuration per account. */
const ACCOUNT = 'account';

interface SavedConfigurations {
  readonly configurations: Map<EventType, Configuration>;
  readonly creationDate: Date;
  readonly lastModifiedDate: Date;
}

/** UpdateEventConfigurations, DescribeEventConfigurations. All types are off at first; local mode only publishes job events. */
export const createEventConfigurations = ({ clock, store }: IotContext) => {
  const kept = store.collection<SavedConfigurations>(
    'iot-event-configurations',
    (): SavedConfigurations => ({
      configurations,
      creationDate,
      lastModifiedDate,
    }),
  );
  const saved = kept.saved.get(ACCOUNT);
  const configurations =
    saved?.configurations ?? new Map<EventType, Configuration>(EVENT_TYPES.map((type) => [type, { Enabled: false }]));
  const creationDate = saved?.creationDate ?? new Date(clock.now());
  let lastModifiedDate = saved?.lastModifiedDate ?? creationDate;

  const isEnabled = (type: EventType): boolean => configurations.get(type)?.Enabled ?? false;
  const operations = {
    UpdateEventConfigurations: (input: UpdateEventConfigurationsCommandInput) => {
      const entries = Object.entries(input.eventConfigurations ?? {});
      for (const [type] of entries)
        if (!isEventType(type))
          throw invalidRequest(`eventConfigurations.${type} is not valid: use ${EVENT_TYPES.join(', ')}.`);
      for (const [type, { Enabled = false }] of entries) if (isEventType(type)) configurations.set(type, { Enabled });
      lastModifiedDate = new Date(clock.now());
      kept.changed(ACCOUNT);
      return {};
    },
    DescribeEventConfigurations: (
      _input: DescribeEventConfigurationsCommandInput,
    ): Output<DescribeEventConfigurationsCommandOutput> => ({
      eventConfigurations: Object.fromEntries(configurations),
      creationDate,
      lastModifiedDate,
    }),
  };
  return { isEnabled, operations };
};
