import { IoTClient } from '@aws-sdk/client-iot';
import { log } from '../../shared/log';
import { customResource, respondByHttp } from '../custom-resource';
import { accountSettingsResource, enableFleetIndexing, enableJobEvents } from './account-settings';

const iot = new IoTClient({});

export const handler = customResource(
  accountSettingsResource({
    enableFleetIndexing: enableFleetIndexing(iot),
    enableJobEvents: enableJobEvents(iot),
  }),
  log,
  respondByHttp,
);
