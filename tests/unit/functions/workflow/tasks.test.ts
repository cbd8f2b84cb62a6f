import { SendTaskFailureCommand, SendTaskSuccessCommand, SFNClient } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { sfnTasks } from '../../../../functions/workflow/tasks';
import { fakeLog } from '../support/fakes';

describe('tasks of Step Functions', () => {
  const sfn = mockClient(SFNClient);
  beforeEach(() => sfn.reset());
  const named = (name: string) => Object.assign(new Error(name), { name });

  test.each(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'])(
    'a task closed by %s counts as settled (defect 11)',
    async (name) => {
      sfn.on(SendTaskSuccessCommand).rejects(named(name)).on(SendTaskFailureCommand).rejects(named(name));
      const tasks = sfnTasks(new SFNClient({}));
      await expect(tasks.succeed('t', {}, fakeLog().log)).resolves.toBe(false);
      await expect(tasks.fail('t', 'e', 'c', fakeLog().log)).resolves.toBe(false);
    },
  );

  test('any other error is thrown, so that Lambda tries again', async () => {
    sfn.on(SendTaskSuccessCommand).rejects(named('ThrottlingException'));
    await expect(sfnTasks(new SFNClient({})).succeed('t', {}, fakeLog().log)).rejects.toThrow('ThrottlingException');
  });
});
