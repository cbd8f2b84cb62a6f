import { isRecord } from '../../local/wire/guards';
import { firmwareUpgradeDefinition } from '../support/workflow';

/**
 * Errors of Lambda that pass: https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html. A function whose
 * time is over or whose runtime exits fails with the type in its payload, Sandbox.Timedout or Runtime.ExitError, else Lambda.Unknown.
 */
const PASSING = [
  ...['Lambda.ClientExecutionTimeoutException', 'Lambda.ServiceException', 'Lambda.AWSLambdaException'],
  ...['Lambda.SdkClientException', 'Lambda.TooManyRequestsException', 'Lambda.Unknown'],
  ...['Sandbox.Timedout', 'Runtime.ExitError'],
];

/** Names of the states that invoke a function, and the errors after which they try again; branches included. */
const invocations = (node: unknown): readonly (readonly [name: string, retried: readonly unknown[]])[] => {
  if (Array.isArray(node)) return node.flatMap(invocations);
  if (!isRecord(node)) return [];
  const states = isRecord(node['States']) ? Object.entries(node['States']) : [];
  const own = states.flatMap(([name, state]) => {
    if (!isRecord(state) || !String(state['Resource']).includes(':::lambda:invoke')) return [];
    const retriers: readonly unknown[] = Array.isArray(state['Retry']) ? state['Retry'] : [];
    return [[name, retriers.flatMap((retrier) => (isRecord(retrier) ? retrier['ErrorEquals'] : []))] as const];
  });
  return [...own, ...Object.values(node).flatMap(invocations)];
};

test.each(invocations(firmwareUpgradeDefinition()))(
  '%s tries again after every error of Lambda that passes',
  (_, retried) => {
    expect(retried).toEqual(expect.arrayContaining(PASSING));
  },
);
