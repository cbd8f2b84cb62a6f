import type { Store } from '../store/store';

/** A resource as it was deployed. */
export interface DeployedResource {
  readonly type: string;
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** After all references were resolved. */
  readonly properties: unknown;
}

/** The resources of the stack, by logical id. Parts that SAM makes of a resource have ids of their own. */
export interface StackRecord {
  /** The resource as it was before this deployment. */
  previous(id: string): DeployedResource | undefined;
  set(id: string, resource: DeployedResource): void;
  /** Resources of the deployment before this one that are not in the stack any more, or have been replaced. */
  left(): readonly (readonly [id: string, resource: DeployedResource])[];
  /** Forgets a resource that has left. */
  forget(id: string): void;
}

/** The URL of a queue, to which it refers, has the port in it. */
const identityOf = ({ ref, attributes }: DeployedResource): string => attributes['Arn'] ?? ref;

export const createStackRecord = (store: Store): StackRecord => {
  const resources = new Map<string, DeployedResource>();
  const kept = store.collection<DeployedResource>('stack', (id) => resources.get(id));
  const before = kept.saved;
  for (const [id, resource] of before) resources.set(id, resource);
  const deployed = new Set<string>();
  return {
    previous: (id) => before.get(id),
    set: (id, resource) => {
      deployed.add(id);
      resources.set(id, resource);
      kept.changed(id);
    },
    left: () =>
      [...before].filter(([id, resource]) => {
        const now = deployed.has(id) ? resources.get(id) : undefined;
        return !now || identityOf(now) !== identityOf(resource);
      }),
    forget: (id) => {
      if (deployed.has(id)) return;
      resources.delete(id);
      kept.changed(id);
    },
  };
};
