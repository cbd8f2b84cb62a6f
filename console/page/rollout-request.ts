import type { StackView } from '../shared/topics';

/** The payload of JobsCreateJob for what the form says. The function checks the values. */
export const rolloutRequest = (form: FormData, stack: StackView): Readonly<Record<string, unknown>> => {
  const text = (name: string): string => {
    const value = form.get(name);
    return typeof value === 'string' ? value.trim() : '';
  };
  /** Absent where nothing was given. */
  const number = (name: string) => (text(name) === '' ? undefined : Number(text(name)));
  const isGiven = (...names: readonly string[]): boolean => names.some((name) => text(name) !== '');
  const { partition, region, accountId } = stack;
  const target = text('target');
  const targetArn = target.startsWith('arn:')
    ? target
    : `arn:${partition}:iot:${region}:${accountId}:${text('targetKind')}/${target}`;
  return {
    firmwareVersion: text('firmwareVersion'),
    targetArn,
    ...(form.has('continuous') && { targetSelection: 'CONTINUOUS' }),
    ...(form.has('allowDowngrade') && { allowDowngrade: true }),
    ...(text('whenOffline') === 'fail' && { whenOffline: 'fail' }),
    ...(text('url') && { firmware: { url: text('url') } }),
    ...(text('maximumPerMinute') && { rollout: { maximumPerMinute: number('maximumPerMinute') } }),
    // What is half given is sent as it is: the function says what is missing.
    ...(isGiven('abortPercentage', 'abortAfter') && {
      abort: {
        criteriaList: [
          {
            ...{ failureType: 'ALL', action: 'CANCEL', thresholdPercentage: number('abortPercentage') },
            minNumberOfExecutedThings: number('abortAfter') ?? 1,
          },
        ],
      },
    }),
    ...(isGiven('windowStart', 'windowEnd') && {
      activation: { mode: 'WINDOW', window: { start: text('windowStart'), end: text('windowEnd') } },
    }),
  };
};
