import type { AwsApi } from '../../../core/api';
import type { Clock } from '../../../core/clock';
import type { History } from './history';
import { isObject, type Json, type JsonObject } from './json';
import { jsonPath } from './json-path/json-path-language';
import { createJsonata } from './jsonata/jsonata-language';
import { MAX_PAYLOAD_BYTES, payloadText } from './payload';
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
  /** The parts of the context object that do not change during the execution. */
  readonly context: JsonObject;
  readonly onStateEntered: (stateName: string) => void;
}

/**
 * Interprets one execution of a state machine. Event-driven: a waiting task is a pending promise and a timer.
 * @throws StateError what the execution failed with; Cancelled when `scope` was cancelled
 */
export const interpret = async (deps: InterpreterDeps, input: Json, scope: Scope): Promise<Json> => {
  const { clock, machine, onStateEntered } = deps;
  const jsonata = createJsonata(clock);

  const languageOf = (state: JsonObject) =>
    (state['QueryLanguage'] ?? machine.definition['QueryLanguage']) === 'JSONata' ? jsonata : jsonPath;

  const visit = async (
    type: string,
    run: Pick<StateRun, 'name' | 'state' | 'input' | 'variables' | 'scope' | 'context'>,
  ): Promise<Transition> => {
    const { name, state, variables } = run;
    const history = deps.history.within(run.scope);
    const behaviour = STATE_TYPES[type];
    if (!behaviour) throw runtimeError(`There is no state type '${type}'`);
    const enteredEventId = history.add(`${type}StateEntered`, {
      stateEnteredEventDetails: { name, input: JSON.stringify(run.input) },
    });
    onStateEntered(name);
    const language = languageOf(state);
    const transition = await behaviour({ ...deps, ...run, history, enteredEventId, language, runStates });
    const { assigned } = transition;
    const output = payloadText(transition.output, `The output of '${name}' is larger than ${MAX_PAYLOAD_BYTES} bytes.`);
    if (assigned) variables.assign(assigned);
    history.add(`${type}StateExited`, {
      stateExitedEventDetails: { name, output, ...(assigned && { assignedVariables: asTexts(assigned) }) },
    });
    return transition;
  };

  const runStates: RunStates = async (definition, firstInput, variables, innerScope, context) => {
    const states = definition['States'];
    let name = String(definition['StartAt']);
    let data = firstInput;
    for (;;) {
      const state = isObject(states) ? states[name] : undefined;
      if (!isObject(state)) throw runtimeError(`There is no state '${name}'`);
      const EnteredTime = new Date(clock.now()).toISOString();
      const { output, next } = await visit(String(state['Type']), {
        name,
        state,
        input: data,
        variables,
        scope: innerScope,
        context: { ...context, State: { Name: name, EnteredTime } },
      });
      if (next === undefined) return output;
      name = next;
      data = output;
    }
  };

  return runStates(machine.definition, input, new Variables(), scope, deps.context);
};

/** Variables as the history shows them: JSON texts. */
const asTexts = (values: JsonObject): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, JSON.stringify(value)]));
