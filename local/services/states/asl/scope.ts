/** Thrown inside what was cancelled, so that it unwinds; nobody reports it. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';
}

/** A part of an execution that can be cancelled: the whole, a branch, an iteration. Cancels what is inside it too. */
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
      // Nobody waits for the promise any more, so its rejection must not count as unhandled.
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
