/** Thrown in the cancelled part of an execution to end it; it is not reported. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';
}

/** A part of an execution that can be cancelled: the whole, a branch, an iteration. Cancelling it also cancels the parts inside it. */
export class Scope {
  private readonly callbacks = new Set<() => void>();
  private isCancelled = false;

  constructor(outer?: Scope) {
    outer?.callbacks.add(() => this.cancel());
  }

  get cancelled(): boolean {
    return this.isCancelled;
  }

  cancel(): void {
    if (this.isCancelled) return;
    this.isCancelled = true;
    for (const callback of this.callbacks) callback();
    this.callbacks.clear();
  }

  /** Settles like the promise, unless the scope is cancelled first. */
  guard<T>(promise: Promise<T>): Promise<T> {
    if (this.isCancelled) {
      // The result is not used any more, so a rejection must not be reported as unhandled.
      promise.catch(() => undefined);
      return Promise.reject(new Cancelled());
    }
    return new Promise<T>((resolve, reject) => {
      const onCancel = () => reject(new Cancelled());
      this.callbacks.add(onCancel);
      promise.then(resolve, reject).finally(() => this.callbacks.delete(onCancel));
    });
  }
}
