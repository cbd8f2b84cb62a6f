import type { Recorder } from './history';
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
  /** Takes the events of this visit. */
  readonly history: Recorder;
}

/** The output of a state and the variables that it assigns, all at once. */
export interface Outcome {
  readonly output: Json;
  readonly assigned?: JsonObject;
}

/**
 * How a state reads its fields. State types use this interface only, so that they need not know the query language.
 * All methods throw StateError: States.Runtime or States.IntrinsicFailure in JSONPath, States.QueryEvaluationError in JSONata.
 */
export interface QueryLanguage {
  /** A field that is a literal, a path (`<name>Path`) or an expression; undefined when the state has none. */
  field(scope: StateScope, name: string): Promise<Json | undefined>;
  /** The error for a field with an unusable value. @param expected a type or range, as in "Expected 'number'" */
  invalidField(scope: StateScope, name: string, expected: string, value: Json): StateError;
  /** What a Task sends and a Parallel passes to its branches: InputPath and Parameters, or Arguments. */
  argumentsOf(scope: StateScope): Promise<Json>;
  /** Output and variables of a state that has a result: Task, Parallel, Map. */
  withResult(scope: StateScope, result: Json): Promise<Outcome>;
  /** Output and variables of a state without a result of its own: Pass, Wait, Succeed. */
  withoutResult(scope: StateScope): Promise<Outcome>;
  /** Output and variables of a Catcher. */
  caught(scope: StateScope, catcher: JsonObject, errorOutput: JsonObject): Promise<Outcome>;
  /** Whether a rule of a Choice applies. */
  ruleApplies(scope: StateScope, rule: JsonObject): Promise<boolean>;
  /** Output and variables of a Choice. @param chosen the rule that applies, or the state itself for its Default */
  chosen(scope: StateScope, chosen: JsonObject): Promise<Outcome>;
  /** The items of a Map. */
  items(scope: StateScope): Promise<Json>;
  /** The input of one iteration. @param scope has the item in its context object */
  itemInput(scope: StateScope, item: Json): Promise<Json>;
}
