import { sampleDeployment } from '../../cli/check-template/sample-deployment';
import { parsePolicyDocument } from '../../local/services/iot/security/policy-document';
import { evaluatePolicies } from '../../local/services/iot/security/policy-evaluation';
import { requestFilter, requestTopic, responseFilter, responseTopic, withReplyTo } from '../../proto/topics';
import { readTemplate } from '../support/template';

const CONTROLLER = 'self::aws-dm-controller';
const aws = sampleDeployment(readTemplate());
const statements = parsePolicyDocument('device', JSON.stringify(aws.properties('DevicePolicy')['PolicyDocument']));

type Action = 'Connect' | 'Publish' | 'Subscribe' | 'Receive';
type Request = readonly [Action, string];

/** Whether the certificate of a thing may do something; `client` is the client id of the connection. */
const may = (thingName: string, [action, resource]: Request, attached = true) =>
  evaluatePolicies(statements, `iot:${action}`, aws.arn('iot', resource), (name) => {
    if (name === 'iot:Connection.Thing.IsAttached') return String(attached);
    return name === 'iot:Connection.Thing.ThingName' && attached ? thingName : undefined;
  });

/** Everything that a device does, or that concerns it. */
const doings = (thing: string): readonly Request[] => [
  ['Connect', `client/${thing}`],
  ['Publish', `topic/${responseTopic(CONTROLLER, thing)}`],
  ['Publish', `topic/${withReplyTo(responseTopic(CONTROLLER, thing), requestTopic(thing))}`],
  ['Subscribe', `topicfilter/${requestTopic(thing)}`],
  ['Subscribe', `topicfilter/${requestFilter(thing)}`],
  ['Receive', `topic/${requestTopic(thing)}`],
  ['Receive', `topic/${withReplyTo(requestTopic(thing), responseTopic(CONTROLLER, thing))}`],
  ['Publish', `topic/$aws/things/${thing}/jobs/get`],
  ['Publish', `topic/$aws/things/${thing}/jobs/FirmwareUpgrade-1/get`],
  ['Subscribe', `topicfilter/$aws/things/${thing}/jobs/notify-next`],
  ['Subscribe', `topicfilter/$aws/things/${thing}/jobs/get/accepted`],
  ['Receive', `topic/$aws/things/${thing}/jobs/notify-next`],
];

/** What no device may do. */
const forbidden = (thing: string): readonly Request[] => [
  ['Publish', `topic/${requestTopic(thing)}`],
  ['Subscribe', `topicfilter/${responseTopic(CONTROLLER, thing)}`],
  ['Subscribe', `topicfilter/${responseFilter(CONTROLLER)}`],
  ['Subscribe', 'topicfilter/#'],
  ['Subscribe', 'topicfilter/agents/#'],
  ['Subscribe', 'topicfilter/agents/+/usp/request'],
  ['Subscribe', 'topicfilter/$aws/things/+/jobs/#'],
  ['Subscribe', 'topicfilter/$aws/events/#'],
  ['Publish', `topic/$aws/things/${thing}/jobs/notify-next`],
  ['Publish', `topic/$aws/things/${thing}/jobs/FirmwareUpgrade-1/update`],
  ['Publish', `topic/$aws/things/${thing}/shadow/update`],
  ['Publish', `topic/$aws/events/jobExecution/FirmwareUpgrade-1/canceled`],
  ['Publish', `topic/controllers/self::other/agents/${thing}/response`],
];

describe('the device policy', () => {
  test.each(doings('device-a'))('lets device-a be itself: %s %s', (...request) => {
    expect(may('device-a', request)).toBe(true);
  });

  // Names that are prefixes of each other, and names that would be wildcards if they were patterns.
  test.each([
    ['device-a', 'device-b'],
    ['device-a', 'device-a1'],
    ['device-a1', 'device-a'],
    ['a', 'a:b'],
    ['a', 'device_a'],
  ])('lets %s neither read nor write anything of %s', (self, other) => {
    expect([...doings(other), ...forbidden(other)].filter((request) => may(self, request))).toEqual([]);
  });

  test.each(forbidden('device-a'))('does not let a device play the cloud: %s %s', (...request) => {
    expect(may('device-a', request)).toBe(false);
  });

  test('lets a certificate that is attached to no thing do nothing', () => {
    expect(doings('device-a').filter((request) => may('device-a', request, false))).toEqual([]);
  });

  test('needs each of its statements', () => {
    for (const dropped of statements) {
      const fewer = statements.filter((statement) => statement !== dropped);
      const denied = doings('device-a').some(
        ([action, resource]) =>
          !evaluatePolicies(fewer, `iot:${action}`, aws.arn('iot', resource), (name) =>
            name === 'iot:Connection.Thing.IsAttached' ? 'true' : 'device-a',
          ),
      );
      expect(denied).toBe(true);
    }
  });
});
