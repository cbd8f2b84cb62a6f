import { createLog } from '../../../../functions/shared/log';

describe('the log', () => {
  const lines = (write: (log: ReturnType<typeof createLog>) => void): readonly unknown[] => {
    const spy = jest.spyOn(console, 'log').mockImplementation(() => undefined);
    write(createLog('wme'));
    const written = spy.mock.calls.map(([line]) => JSON.parse(String(line)) as unknown);
    spy.mockRestore();
    return written;
  };

  test('is one JSON object per line, with the context in each', () => {
    expect(lines((log) => log.with({ jobId: 'j', executionArn: 'arn:e' }).info('done', { n: 1 }))).toEqual([
      { level: 'INFO', message: 'done', jobId: 'j', executionArn: 'arn:e', n: 1 },
    ]);
  });

  test('holds metrics in the embedded metric format, by stack', () => {
    const [line] = lines((log) => log.measure({ RebootSeconds: 42 }, 'rebooted'));
    expect(line).toMatchObject({
      RebootSeconds: 42,
      Stack: 'wme',
      _aws: {
        Timestamp: expect.any(Number),
        CloudWatchMetrics: [
          {
            Namespace: 'FirmwareUpgrade',
            Dimensions: [['Stack']],
            Metrics: [{ Name: 'RebootSeconds', Unit: 'Seconds' }],
          },
        ],
      },
    });
  });

  test('writes an error with its name and cause', () => {
    const error = new TypeError('outer', { cause: new Error('inner') });
    expect(lines((log) => log.info('x', { error }))).toMatchObject([
      { error: { name: 'TypeError', message: 'outer', cause: { name: 'Error', message: 'inner' } } },
    ]);
  });
});
