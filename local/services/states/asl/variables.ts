import type { Json, JsonObject } from './json';

/**
 * Workflow variables of one scope: the machine, a branch, an iteration. A scope reads those around it and assigns its
 * own (https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html).
 */
export class Variables {
  private readonly own = new Map<string, Json>();

  constructor(private readonly outer?: Variables) {}

  get(name: string): Json | undefined {
    return this.own.has(name) ? this.own.get(name) : this.outer?.get(name);
  }

  assign(values: JsonObject): void {
    for (const [name, value] of Object.entries(values)) this.own.set(name, value);
  }

  all(): JsonObject {
    return { ...this.outer?.all(), ...Object.fromEntries(this.own) };
  }
}
