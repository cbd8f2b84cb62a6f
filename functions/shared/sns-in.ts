import * as v from 'valibot';
import type { Log } from './log';
import { contextOf, type DomainMessage, type MessageName, type MessageOf, parseMessage } from './messages';

const eventSchema = v.object({ Records: v.array(v.object({ Sns: v.object({ Message: v.string() }) })) });

const problemOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/**
 * Turns a handler of domain messages into a handler of SNS events. Each record stands alone: one that does not parse is
 * logged, counted and dropped, because a retry would not help. When handling one fails, the others still run, and the event
 * fails afterwards so that Lambda retries it; the error says why, because a dead letter keeps nothing but its message.
 * Handlers are idempotent; the log they get names job, thing and execution.
 * @throws Error when the event is not an SNS event; AggregateError of what the handler threw
 */
export const onMessages =
  <Name extends MessageName>(
    log: Log,
    names: readonly Name[],
    handle: (message: MessageOf<Name>, log: Log) => Promise<void>,
  ) =>
  async (event: unknown): Promise<void> => {
    const parsed = v.safeParse(eventSchema, event);
    if (!parsed.success)
      throw new Error(
        `Not an SNS event (${v.flatten(parsed.issues).root?.join() ?? 'Records[].Sns.Message is missing'}).`,
      );
    const failures: unknown[] = [];
    for (const [index, record] of parsed.output.Records.entries()) {
      let message: DomainMessage;
      try {
        message = parseMessage(JSON.parse(record.Sns.Message));
      } catch (error) {
        log.count('MalformedMessages', `Dropped Records[${index}].Sns.Message: ${problemOf(error)}`, {
          text: record.Sns.Message.slice(0, 1000),
        });
        continue;
      }
      const itsLog = log.with(contextOf(message));
      if (!isOneOf(message, names)) {
        itsLog.count('UnexpectedMessages', `Dropped ${message.name}: this function handles ${names.join(', ')}`);
        continue;
      }
      try {
        await handle(message, itsLog);
      } catch (error) {
        itsLog.error(`Handling ${message.name} failed`, { error });
        failures.push(error);
      }
    }
    if (failures.length > 0)
      throw new AggregateError(
        failures,
        `${failures.length} of ${parsed.output.Records.length} records failed: ${failures.map(String).join('; ')}`,
      );
  };

const isOneOf = <Name extends MessageName>(
  message: DomainMessage,
  names: readonly Name[],
): message is MessageOf<Name> => names.some((name) => name === message.name);
