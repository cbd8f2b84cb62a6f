import type { AwsApi } from '../../../core/api';
import type { Clock } from '../../../core/clock';
import { ruleApplies } from './choice';
import { type Environment, lookUp, requirePath, Variables } from './environment';
import type { History } from './history';
import { callIntegration, integrationOf } from './integrations';
import { isObject, type Json, type JsonObject } from './json';
import { Cancelled, Scope } from './scope';
import { runtimeError, StateError } from './state-error';
import type { TaskTokens } from './task-tokens';
import { fillJsonata, fillTemplate, type StatesBinding } from './template';

export interface Machine {
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  readonly definition: JsonObject;
}

export interface RunDeps {
  readonly api: AwsApi;
  readonly clock: Clock;
  readonly tokens: TaskTokens;
  readonly machine: Machine;
  readonly history: History;
  /** The parts of the context object that do not change during the execution. */
  readonly context: JsonObject;
  readonly onStateEntered: (stateName: string, input: Json) => void;
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const MAX_PAYLOAD_BYTES = 262_144;
const FOREVER_SECONDS = 99_999_999;

interface StateRun {
  readonly name: string;
  readonly state: JsonObject;
  readonly input: Json;
  readonly variables: Variables;
  readonly scope: Scope;
  readonly context: JsonObject;
  readonly jsonata: boolean;
}

interface Transition {
  readonly output: Json;
  readonly next?: string;
}

const objectsIn = (value: Json | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? (value as readonly Json[]).filter(isObject) : [];

const textsIn = (value: Json | undefined): readonly string[] =>
  Array.isArray(value) ? (value as readonly Json[]).map(String) : [];

/** https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html */
const matchesError = (names: readonly string[], error: string): boolean =>
  names.some((name) => {
    if (name === error) return true;
    if (name === 'States.ALL') return error !== 'States.Runtime' && error !== 'States.DataLimitExceeded';
    if (name === 'States.TaskFailed')
      return error !== 'States.Timeout' && error !== 'States.HeartbeatTimeout' && error !== 'States.Runtime';
    return name === 'States.Timeout' && error === 'States.HeartbeatTimeout';
  });

const setAt = (target: Json, path: string, value: Json): Json => {
  const keys = path.match(/[^.[\]'"$]+/g) ?? [];
  const set = (at: Json, [key, ...rest]: readonly string[]): Json => {
    if (key === undefined) return value;
    if (Array.isArray(at)) {
      const list = [...(at as readonly Json[])];
      list[Number(key)] = set(list[Number(key)] ?? {}, rest);
      return list;
    }
    const object = isObject(at) ? at : {};
    return { ...object, [key]: set(object[key] ?? {}, rest) };
  };
  if (!isObject(target) && !Array.isArray(target))
    throw new StateError('States.ResultPathMatchFailure', `${path} does not fit the input`);
  return set(target, keys);
};

/** Interprets one execution of a state machine. Event-driven: a waiting task is a pending promise and a timer. */
export class Interpreter {
  constructor(private readonly deps: RunDeps) {}

  /** Runs a machine, a branch or an iteration to its end. @throws StateError, Cancelled */
  async run(
    definition: JsonObject,
    input: Json,
    variables: Variables,
    scope: Scope,
    context: JsonObject,
  ): Promise<Json> {
    const states = definition['States'];
    let name = String(definition['StartAt']);
    let data = input;
    for (;;) {
      const state = isObject(states) ? states[name] : undefined;
      if (!isObject(state)) throw runtimeError(`There is no state '${name}'`);
      const { output, next } = await this.enter(name, state, data, variables, scope, context);
      if (next === undefined) return output;
      name = next;
      data = output;
    }
  }

  private async enter(
    name: string,
    state: JsonObject,
    input: Json,
    variables: Variables,
    scope: Scope,
    outer: JsonObject,
  ): Promise<Transition> {
    if (scope.cancelled) throw new Cancelled();
    const { history, clock, machine, context, onStateEntered } = this.deps;
    const type = String(state['Type']);
    const entered = new Date(clock.now()).toISOString();
    const language = state['QueryLanguage'] ?? machine.definition['QueryLanguage'] ?? 'JSONPath';
    const run: StateRun = {
      name,
      state,
      input,
      variables,
      scope,
      context: { ...context, ...outer, State: { Name: name, EnteredTime: entered, RetryCount: 0 } },
      jsonata: language === 'JSONata',
    };
    history.add(`${type}StateEntered`, { stateEnteredEventDetails: { name, input: JSON.stringify(input) } });
    onStateEntered(name, input);
    const transition = await this.step(run, type);
    if (JSON.stringify(transition.output).length > MAX_PAYLOAD_BYTES)
      throw new StateError(
        'States.DataLimitExceeded',
        `The output of '${name}' is larger than ${MAX_PAYLOAD_BYTES} bytes.`,
      );
    if (type !== 'Fail')
      history.add(`${type}StateExited`, {
        stateExitedEventDetails: { name, output: JSON.stringify(transition.output) },
      });
    return transition;
  }

  private async step(run: StateRun, type: string): Promise<Transition> {
    switch (type) {
      case 'Pass':
        return this.finish(run, run.state['Result'] ?? (await this.effectiveInput(run)));
      case 'Wait':
        return this.wait(run);
      case 'Succeed':
        return { output: (await this.finish({ ...run, state: { ...run.state, End: true } }, run.input)).output };
      case 'Fail':
        return this.fail(run);
      case 'Choice':
        return this.choose(run);
      case 'Task':
        return this.guarded(run, (attempt) => this.task(attempt));
      case 'Parallel':
        return this.guarded(run, (attempt) => this.parallel(attempt));
      case 'Map':
        return this.guarded(run, (attempt) => this.map(attempt));
      default:
        throw runtimeError(`There is no state type '${type}'`);
    }
  }

  private environment({ context, variables }: StateRun, data: Json): Environment {
    return { data, context, variables };
  }

  private binding({ input, context }: StateRun, more: Partial<StatesBinding> = {}): StatesBinding {
    return { input, context, ...more };
  }

  private fill(run: StateRun, template: Json, data: Json, more: Partial<StatesBinding> = {}): Promise<Json> {
    return run.jsonata
      ? fillJsonata(template, this.binding(run, more), run.variables.all())
      : Promise.resolve(fillTemplate(template, this.environment(run, data)));
  }

  private pathField(run: StateRun, field: string, data: Json): Json {
    const path = run.state[field];
    if (path === null) return {};
    return path === undefined ? data : requirePath(String(path), this.environment(run, data));
  }

  /** InputPath, then Parameters; Arguments in JSONata. */
  private async effectiveInput(run: StateRun): Promise<Json> {
    if (run.jsonata)
      return run.state['Arguments'] === undefined ? run.input : this.fill(run, run.state['Arguments'], run.input);
    const data = this.pathField(run, 'InputPath', run.input);
    const parameters = run.state['Parameters'];
    return parameters === undefined ? data : fillTemplate(parameters, this.environment(run, data));
  }

  /** ResultSelector, ResultPath, OutputPath and Assign; Output and Assign in JSONata. */
  private async finish(run: StateRun, result: Json): Promise<Transition> {
    const { state, variables, input } = run;
    const assign = state['Assign'];
    const assigned = assign === undefined ? undefined : await this.fill(run, assign, result, { result });
    let output: Json;
    if (run.jsonata)
      output = state['Output'] === undefined ? result : await this.fill(run, state['Output'], input, { result });
    else {
      const selector = state['ResultSelector'];
      const selected = selector === undefined ? result : fillTemplate(selector, this.environment(run, result));
      output = this.pathField(run, 'OutputPath', this.place(state['ResultPath'], input, selected));
    }
    if (isObject(assigned)) variables.assign(assigned);
    return { output, ...this.nextOf(state) };
  }

  private place(path: Json | undefined, input: Json, result: Json): Json {
    if (path === null) return input;
    return path === undefined || path === '$' ? result : setAt(input, String(path), result);
  }

  private nextOf(state: JsonObject): { next?: string } {
    return state['End'] === true || typeof state['Next'] !== 'string' ? {} : { next: state['Next'] };
  }

  private sleep(milliseconds: number, scope: Scope): Promise<void> {
    let timer: { cancel(): void } | undefined;
    const slept = new Promise<void>((resolve) => {
      timer = this.deps.clock.setTimeout(resolve, milliseconds);
    });
    return scope.guard(slept).finally(() => timer?.cancel());
  }

  private async wait(run: StateRun): Promise<Transition> {
    const { state, scope } = run;
    const field = async (name: string) => {
      const path = state[`${name}Path`];
      if (typeof path === 'string') return requirePath(path, this.environment(run, run.input));
      const value = state[name];
      return value === undefined || !run.jsonata ? value : this.fill(run, value, run.input);
    };
    const seconds = await field('Seconds');
    const timestamp = await field('Timestamp');
    const until =
      timestamp === undefined ? Number(seconds) * 1000 : Date.parse(String(timestamp)) - this.deps.clock.now();
    if (!Number.isFinite(until)) throw runtimeError(`'${run.name}' has neither seconds nor a timestamp to wait for`);
    await this.sleep(Math.max(0, until), scope);
    return this.finish(run, this.pathField(run, 'InputPath', run.input));
  }

  private async fail(run: StateRun): Promise<Transition> {
    const text = async (name: string) => {
      const path = run.state[`${name}Path`];
      if (typeof path === 'string') return String(requirePath(path, this.environment(run, run.input)));
      const value = run.state[name];
      return value === undefined ? undefined : String(run.jsonata ? await this.fill(run, value, run.input) : value);
    };
    throw new StateError((await text('Error')) ?? 'States.Failed', await text('Cause'));
  }

  private async choose(run: StateRun): Promise<Transition> {
    const { state, variables } = run;
    const data = this.pathField(run, 'InputPath', run.input);
    const take = async (rule: JsonObject, next: Json | undefined): Promise<Transition> => {
      const assign = rule['Assign'];
      const assigned = assign === undefined ? undefined : await this.fill(run, assign, data);
      const output =
        run.jsonata && rule['Output'] !== undefined
          ? await this.fill(run, rule['Output'], data)
          : this.pathField(run, 'OutputPath', data);
      if (isObject(assigned)) variables.assign(assigned);
      return { output, next: String(next) };
    };
    for (const rule of objectsIn(state['Choices'])) {
      const applies = run.jsonata
        ? (await this.fill(run, rule['Condition'] ?? false, data)) === true
        : ruleApplies(rule, this.environment(run, data));
      if (applies) return take(rule, rule['Next']);
    }
    if (state['Default'] === undefined)
      throw new StateError('States.NoChoiceMatched', `No choice of '${run.name}' applies.`);
    return take(state, state['Default']);
  }

  /** Retry and Catch around the work of a Task, Parallel or Map. */
  private async guarded(run: StateRun, work: (attempt: StateRun) => Promise<Json>): Promise<Transition> {
    const used = new Map<JsonObject, number>();
    for (let retries = 0; ; retries += 1) {
      const state = run.context['State'];
      const attempt = {
        ...run,
        context: { ...run.context, State: { ...(isObject(state) ? state : {}), RetryCount: retries } },
      };
      try {
        return await this.finish(attempt, await work(attempt));
      } catch (error) {
        if (!(error instanceof StateError)) throw error;
        const delay = this.retryDelay(run.state, error, used);
        if (delay === undefined) return this.caught(run, error);
        await this.sleep(delay, run.scope);
      }
    }
  }

  /** Milliseconds until the next attempt, undefined when no retrier has one left. */
  private retryDelay(state: JsonObject, { error }: StateError, used: Map<JsonObject, number>): number | undefined {
    const retrier = objectsIn(state['Retry']).find((candidate) =>
      matchesError(textsIn(candidate['ErrorEquals']), error),
    );
    if (!retrier) return undefined;
    const attempt = used.get(retrier) ?? 0;
    if (attempt >= Number(retrier['MaxAttempts'] ?? 3)) return undefined;
    used.set(retrier, attempt + 1);
    const seconds = Number(retrier['IntervalSeconds'] ?? 1) * Number(retrier['BackoffRate'] ?? 2) ** attempt;
    const capped = Math.min(seconds, Number(retrier['MaxDelaySeconds'] ?? Infinity));
    return capped * 1000 * (retrier['JitterStrategy'] === 'FULL' ? Math.random() : 1);
  }

  private async caught(run: StateRun, error: StateError): Promise<Transition> {
    const catcher = objectsIn(run.state['Catch']).find((candidate) =>
      matchesError(textsIn(candidate['ErrorEquals']), error.error),
    );
    if (!catcher) throw error;
    const errorOutput = error.output;
    const assign = catcher['Assign'];
    const assigned = assign === undefined ? undefined : await this.fill(run, assign, errorOutput, { errorOutput });
    const output =
      run.jsonata && catcher['Output'] !== undefined
        ? await this.fill(run, catcher['Output'], errorOutput, { errorOutput })
        : this.place(catcher['ResultPath'], run.input, errorOutput);
    if (isObject(assigned)) run.variables.assign(assigned);
    return { output, next: String(catcher['Next']) };
  }

  /** A time limit: literal, path or expression; undefined when the state has none. Seconds. */
  private async limit(run: StateRun, field: string): Promise<number | undefined> {
    const path = run.state[`${field}Path`];
    const value =
      typeof path === 'string'
        ? lookUp(path, this.environment(run, run.input))
        : run.state[field] === undefined
          ? undefined
          : await this.fill(run, run.state[field], run.input);
    if (value === undefined && path === undefined) return undefined;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > FOREVER_SECONDS)
      throw runtimeError(
        `${field} of '${run.name}' is ${JSON.stringify(value)}: a positive whole number of seconds is needed`,
      );
    return value;
  }

  private async task(run: StateRun): Promise<Json> {
    const { api, clock, tokens, machine, history } = this.deps;
    const integration = integrationOf(String(run.state['Resource']));
    const [timeout, heartbeat] = [await this.limit(run, 'TimeoutSeconds'), await this.limit(run, 'HeartbeatSeconds')];
    const where = { resourceType: integration.resourceType, resource: integration.resource };
    let token: string | undefined;
    const timers: { cancel(): void }[] = [];
    const result = new Promise<Json>((resolve, reject) => {
      let beat: { cancel(): void } | undefined;
      const watch = () => {
        beat?.cancel();
        if (heartbeat === undefined) return;
        beat = clock.setTimeout(() => reject(new StateError('States.HeartbeatTimeout')), heartbeat * 1000);
        timers.push(beat);
      };
      watch();
      if (timeout !== undefined)
        timers.push(clock.setTimeout(() => reject(new StateError('States.Timeout')), timeout * 1000));
      if (integration.waitForTaskToken) token = tokens.open({ succeed: resolve, fail: reject, heartbeat: watch });
      const attempt = token === undefined ? run : { ...run, context: { ...run.context, Task: { Token: token } } };
      this.effectiveInput(attempt)
        .then((parameters) => {
          history.add('TaskScheduled', {
            taskScheduledEventDetails: {
              ...where,
              region: machine.arn.split(':')[3] ?? '',
              parameters: JSON.stringify(parameters),
              ...(timeout !== undefined && { timeoutInSeconds: timeout }),
              ...(heartbeat !== undefined && { heartbeatInSeconds: heartbeat }),
            },
          });
          history.add('TaskStarted', { taskStartedEventDetails: where });
          return callIntegration(api, integration, parameters, machine.roleArn);
        })
        .then((output) => {
          if (token === undefined) return resolve(output);
          history.add('TaskSubmitted', { taskSubmittedEventDetails: { ...where, output: JSON.stringify(output) } });
        })
        .catch(reject);
    });
    try {
      const output = await run.scope.guard(result);
      history.add('TaskSucceeded', { taskSucceededEventDetails: { ...where, output: JSON.stringify(output) } });
      return output;
    } catch (error) {
      if (error instanceof StateError) {
        const details = {
          ...where,
          error: error.error,
          ...(error.errorCause !== undefined && { cause: error.errorCause }),
        };
        if (error.error === 'States.Timeout' || error.error === 'States.HeartbeatTimeout')
          history.add('TaskTimedOut', { taskTimedOutEventDetails: details });
        else history.add('TaskFailed', { taskFailedEventDetails: details });
      }
      throw error;
    } finally {
      for (const timer of timers) timer.cancel();
      if (token !== undefined) tokens.close(token);
    }
  }

  /** Runs parts side by side; the first failure cancels the others and is the failure of all. */
  private async together(
    run: StateRun,
    parts: readonly ((scope: Scope) => Promise<Json>)[],
    type: string,
  ): Promise<Json> {
    const { history } = this.deps;
    const scope = new Scope(run.scope);
    history.add(`${type}StateStarted`, type === 'Map' ? { mapStateStartedEventDetails: { length: parts.length } } : {});
    try {
      const outputs = await run.scope.guard(Promise.all(parts.map((part) => part(scope))));
      history.add(`${type}StateSucceeded`, {});
      return outputs;
    } catch (error) {
      if (error instanceof StateError) history.add(`${type}StateFailed`, {});
      throw error;
    } finally {
      scope.cancel();
    }
  }

  private async parallel(run: StateRun): Promise<Json> {
    const input = await this.effectiveInput(run);
    const branches = objectsIn(run.state['Branches']).map(
      (branch) => (scope: Scope) => this.run(branch, input, new Variables(run.variables), scope, {}),
    );
    return this.together(run, branches, 'Parallel');
  }

  private async map(run: StateRun): Promise<Json> {
    const { state } = run;
    const processor = state['ItemProcessor'] ?? state['Iterator'];
    if (!isObject(processor)) throw runtimeError(`'${run.name}' has no ItemProcessor`);
    const input = run.jsonata ? run.input : this.pathField(run, 'InputPath', run.input);
    const items = run.jsonata
      ? await this.fill(run, state['Items'] ?? '{% $states.input %}', input)
      : requirePath(String(state['ItemsPath'] ?? '$'), this.environment(run, input));
    if (!Array.isArray(items)) throw runtimeError(`The items of '${run.name}' are not an array`);
    const list: readonly Json[] = items;
    const selector = state['ItemSelector'] ?? (run.jsonata ? undefined : state['Parameters']);
    const limit = Number(state['MaxConcurrency'] ?? 0) || list.length;
    const gate = Array.from({ length: Math.max(1, limit) }, () => Promise.resolve());
    const iterations = list.map((item, index) => (scope: Scope): Promise<Json> => {
      const lane = index % gate.length;
      const context = { Map: { Item: { Index: index, Value: item } } };
      const work = (gate[lane] ?? Promise.resolve()).then(async () => {
        const own = { ...run, context: { ...run.context, ...context } };
        const data = selector === undefined ? item : await this.fill(own, selector, input);
        return this.run(processor, data, new Variables(run.variables), scope, context);
      });
      gate[lane] = work.then(
        () => undefined,
        () => undefined,
      );
      return work;
    });
    return this.together(run, iterations, 'Map');
  }
}
