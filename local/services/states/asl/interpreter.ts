import type { AwsApi } from '../../../core/api';
import type { Clock } from '../../../core/clock';
import type { History } from './history';
import { isObject, type Json, type JsonObject } from './json';
import { jsonPath } from './json-path/json-path-language';
import { createJsonata } from './jsonata/jsonata-language';
import { MAX_PAYLOAD_BYTES, payloadText } from './payload';
import type { Position, Positions } from './position';
import type { Scope } from './scope';
import { runtimeError } from './state-error';
import type { Machine, RunStates, StateRun, Transition } from './state-run';
import { STATE_TYPES } from './states/state-types';
import type { TaskTokens } from './task-tokens';
import { Variables } from './variables';

export interface InterpreterDeps {
  readonly api: AwsApi;
  readonly clock: Clock;
  readonly tokens: TaskTokens;
  readonly machine: Machine;
  readonly history: History;
  /** Where the execution is: empty at its beginning. */
  readonly positions: Positions;
  /** The parts of the context object that do not change during the execution. */
  readonly context: JsonObject;
  readonly onStateEntered: (stateName: string) => void;
}

type VisitScope = Pick<StateRun, 'state' | 'variables' | 'scope' | 'context' | 'path'>;

/**
 * Interprets one execution of a state machine, from its beginning or from where it is. Event-driven: a waiting task is a
 * pending promise and a timer. Whenever it waits, the positions say all that is needed to go on without it.
 * @throws StateError what the execution failed with; Cancelled when `scope` was cancelled
 */
export const interpret = async (deps: InterpreterDeps, input: Json, scope: Scope): Promise<Json> => {
  const { clock, machine, positions, onStateEntered } = deps;
  const jsonata = createJsonata(clock);

  const languageOf = (state: JsonObject) =>
    (state['QueryLanguage'] ?? machine.definition['QueryLanguage']) === 'JSONata' ? jsonata : jsonPath;

  /** Enters the state, unless that has happened before a restart. */
  const enter = (position: Position, type: string, history: StateRun['history']) => {
    if (position.visit) return position.visit;
    const enteredEventId = history.add(`${type}StateEntered`, {
      stateEnteredEventDetails: { name: position.state, input: JSON.stringify(position.input) },
    });
    onStateEntered(position.state);
    const enteredTime = new Date(clock.now()).toISOString();
    position.visit = { enteredEventId, enteredTime, retries: 0, retriesOf: {} };
    return position.visit;
  };

  const visit = async (position: Position, { state, variables, context, ...part }: VisitScope): Promise<Transition> => {
    const { state: name } = position;
    const type = String(state['Type']);
    const history = deps.history.within(part.scope);
    const behaviour = STATE_TYPES[type];
    if (!behaviour) throw runtimeError(`There is no state type '${type}'`);
    const progress = enter(position, type, history);
    const transition = await behaviour({
      ...deps,
      ...{ ...part, name, state, variables, history, runStates, visit: progress, input: position.input },
      context: { ...context, State: { Name: name, EnteredTime: progress.enteredTime } },
      enteredEventId: progress.enteredEventId,
      language: languageOf(state),
    });
    const { assigned } = transition;
    const output = payloadText(transition.output, `The output of '${name}' is larger than ${MAX_PAYLOAD_BYTES} bytes.`);
    if (assigned) variables.assign(assigned);
    history.add(`${type}StateExited`, {
      stateExitedEventDetails: { name, output, ...(assigned && { assignedVariables: asTexts(assigned) }) },
    });
    return transition;
  };

  const runStates: RunStates = async (definition, firstInput, path, outer, innerScope, context) => {
    const states = definition['States'];
    const position = positions.get(path) ?? { state: String(definition['StartAt']), input: firstInput, variables: {} };
    positions.set(path, position);
    const variables = new Variables(position.variables, outer);
    for (;;) {
      if (position.ended) return position.ended.output;
      const state = isObject(states) ? states[position.state] : undefined;
      if (!isObject(state)) throw runtimeError(`There is no state '${position.state}'`);
      const { output, next } = await visit(position, { state, variables, scope: innerScope, context, path });
      delete position.visit;
      if (next === undefined) position.ended = { output };
      else Object.assign(position, { state: next, input: output });
    }
  };

  return runStates(machine.definition, input, '', undefined, scope, deps.context);
};

/** Variables as the history shows them: JSON texts. */
const asTexts = (values: JsonObject): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, JSON.stringify(value)]));
