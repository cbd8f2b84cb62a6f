import type { Json, JsonObject } from './json';

/**
 * Workflow variables of one scope: the machine, a branch, an iteration. A scope reads those around it and assigns its
 * own (https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html).
 */
export class Variables {
  /** @param own values that the scope has already; what it assigns is added */
  constructor(
    private readonly own: Record<string, Json>,
    private readonly outer?: Variables,
  ) {}

  get(name: string): Json | undefined {
    return Object.hasOwn(this.own, name) ? this.own[name] : this.outer?.get(name);
  }

  assign(values: JsonObject): void {
    Object.assign(this.own, values);
  }

  all(): JsonObject {
    return { ...this.outer?.all(), ...this.own };
  }
}
