import { setTimeout as wait } from 'node:timers/promises';
import { IoTClient } from '@aws-sdk/client-iot';
import { fromEnv } from '../../shared/env';
import { createLog } from '../../shared/log';
import { customResource, respondByHttp } from '../custom-resource';
import { accountSettingsResource, enableFleetIndexing, enableJobEvents, untilIndexIsActive } from './account-settings';

const { STACK_NAME } = fromEnv(process.env, 'STACK_NAME');
const iot = new IoTClient({});

export const handler = customResource(
  accountSettingsResource({
    enableFleetIndexing: enableFleetIndexing(iot),
    untilIndexIsActive: untilIndexIsActive(iot, { now: Date.now, wait }),
    enableJobEvents: enableJobEvents(iot),
  }),
  createLog(STACK_NAME),
  respondByHttp,
);
