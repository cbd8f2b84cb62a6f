import { randomBytes } from 'node:crypto';
import { AwsError } from '../../../core/aws-error';
import type { Json } from './json';
import { isTooLarge, MAX_PAYLOAD_BYTES } from './payload';
import { StateError } from './state-error';

interface WaitingTask {
  readonly succeed: (output: Json) => void;
  readonly fail: (error: StateError) => void;
  readonly heartbeat: () => void;
}

/** About as long as AWS's tokens, so that items and messages have realistic sizes. */
const TOKEN_BYTES = 480;

/** Tasks that wait for a result sent with their token. */
export class TaskTokens {
  private readonly waiting = new Map<string, WaitingTask>();

  create(): string {
    return randomBytes(TOKEN_BYTES).toString('base64');
  }

  open(token: string, task: WaitingTask): void {
    this.waiting.set(token, task);
  }

  close(token: string): void {
    this.waiting.delete(token);
  }

  /** @throws AwsError InvalidToken, TaskTimedOut */
  private find(token: string | undefined, remove: boolean): WaitingTask {
    if (!token || Buffer.from(token, 'base64').length !== TOKEN_BYTES)
      throw new AwsError('InvalidToken', 'Invalid Token');
    const task = this.waiting.get(token);
    if (!task) throw new AwsError('TaskTimedOut', 'Task Timed Out: Provided task does not exist anymore');
    if (remove) this.waiting.delete(token);
    return task;
  }

  /** @throws AwsError InvalidToken, TaskTimedOut, InvalidOutput */
  succeed(token: string | undefined, output = ''): void {
    if (isTooLarge(output))
      throw new AwsError('InvalidOutput', `Invalid Output: it is larger than ${MAX_PAYLOAD_BYTES} bytes`);
    let value: Json;
    try {
      value = JSON.parse(output) as Json;
    } catch {
      throw new AwsError('InvalidOutput', `Invalid Output: '${output}' is not JSON`);
    }
    this.find(token, true).succeed(value);
  }

  fail(token: string | undefined, error: string | undefined, cause: string | undefined): void {
    this.find(token, true).fail(new StateError(error ?? 'States.TaskFailed', cause));
  }

  heartbeat(token: string | undefined): void {
    this.find(token, false).heartbeat();
  }
}
