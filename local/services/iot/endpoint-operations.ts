import type { DescribeEndpointCommandInput, DescribeEndpointCommandOutput } from '@aws-sdk/client-iot';
import { invalidRequest } from './errors';
import type { Output } from './output';

const ENDPOINT_TYPES = ['iot:Data', 'iot:Data-ATS', 'iot:Jobs', 'iot:CredentialProvider', 'iot:Data-Beta'];

/** DescribeEndpoint: every type of endpoint is at the same address in local mode. */
export const createEndpointOperations = (endpointAddress: () => string) => ({
  DescribeEndpoint: (input: DescribeEndpointCommandInput): Output<DescribeEndpointCommandOutput> => {
    const { endpointType = 'iot:Data' } = input;
    if (!ENDPOINT_TYPES.includes(endpointType))
      throw invalidRequest(`endpointType "${endpointType}" is not valid: use one of ${ENDPOINT_TYPES.join(', ')}.`);
    return { endpointAddress: endpointAddress() };
  },
});
