import type { Json, JsonObject } from './json';
import type { StateError } from './state-error';
import type { Variables } from './variables';

/** What the fields of a state can refer to. */
export interface StateScope {
  readonly name: string;
  readonly state: JsonObject;
  readonly input: Json;
  readonly variables: Variables;
  /** The context object. */
  readonly context: JsonObject;
  /** The id of the history event with which the state was entered. */
  readonly enteredEventId: number;
}

/** What a state leaves behind: its output, and the variables that it assigns, all at once. */
export interface Outcome {
  readonly output: Json;
  readonly assigned?: JsonObject;
}

/**
 * How a state reads its fields: the difference between JSONPath and JSONata, so that no state type has to know it.
 * All methods throw StateError: States.Runtime or States.IntrinsicFailure in JSONPath, States.QueryEvaluationError in JSONata.
 */
export interface QueryLanguage {
  /** A field that is a literal, a path (`<name>Path`) or an expression; undefined when the state has none. */
  field(scope: StateScope, name: string): Promise<Json | undefined>;
  /** The error of a field whose value cannot be used. @param expected a type or range, as in "Expected 'number'" */
  invalidField(scope: StateScope, name: string, expected: string, value: Json): StateError;
  /** What a Task sends and a Parallel hands to its branches: InputPath and Parameters, or Arguments. */
  argumentsOf(scope: StateScope): Promise<Json>;
  /** The end of a state that has a result: Task, Parallel, Map. */
  withResult(scope: StateScope, result: Json): Promise<Outcome>;
  /** The end of a state without a result of its own: Pass, Wait, Succeed. */
  withoutResult(scope: StateScope): Promise<Outcome>;
  /** What a Catcher makes of an error. */
  caught(scope: StateScope, catcher: JsonObject, errorOutput: JsonObject): Promise<Outcome>;
  /** Whether a rule of a Choice applies. */
  ruleApplies(scope: StateScope, rule: JsonObject): Promise<boolean>;
  /** The end of a Choice. @param chosen the rule, or the state itself when its Default is taken */
  chosen(scope: StateScope, chosen: JsonObject): Promise<Outcome>;
  /** The items of a Map. */
  items(scope: StateScope): Promise<Json>;
  /** The input of one iteration. @param scope has the item in its context object */
  itemInput(scope: StateScope, item: Json): Promise<Json>;
}
