const EXAMPLE = {
  firmwareVersion: '1.2.3',
  upgradeTrigger: 'manual',
  targetArn: 'arn:aws:iot:us-east-1:123456789012:thinggroup/firmware-1-2-1',
  targetSelection: 'SNAPSHOT',
};

/** What each group of fields looks like. */
const EXAMPLES: Readonly<Record<string, object>> = {
  rollout: { rollout: { maximumPerMinute: 100 } },
  abort: {
    abort: {
      criteriaList: [
        { failureType: 'FAILED', action: 'CANCEL', thresholdPercentage: 20, minNumberOfExecutedThings: 10 },
      ],
    },
  },
  retry: { retry: { criteriaList: [{ failureType: 'FAILED', numberOfRetries: 2 }] } },
  timeout: { timeout: { inProgressTimeoutInMinutes: 1_440 } },
  schedule: {
    targetSelection: 'CONTINUOUS',
    schedule: { maintenanceWindows: [{ startTime: 'cron(0 2 ? * SUN *)', durationInMinutes: 180 }] },
  },
  firmware: {
    firmware: {
      url: 'https://firmware.example.com/1.2.3',
      compatibleWith: { attributes: { model: ['AX-1', 'AX-2'] } },
    },
  },
};

/** The payload of JobsCreateJob is wrong: the message names field, input and a payload that works. */
export class InvalidPayloadError extends Error {
  override readonly name = 'InvalidPayloadError';
}

/** @param problems each begins with the name of its field */
export const invalidPayload = (problems: readonly string[]): InvalidPayloadError => {
  const groups = problems.map((problem) => EXAMPLES[/^\w+/.exec(problem)?.[0] ?? '']);
  const example = JSON.stringify(Object.assign({}, EXAMPLE, ...groups));
  return new InvalidPayloadError(`No job was created: ${problems.join('; ')}. Example: ${example}`);
};
