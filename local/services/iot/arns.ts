import type { Environment } from '../../core/api';

/** Writes the ARNs of AWS IoT resources of one account and region, and reads names from them. */
export interface Arns {
  of(kind: ResourceKind, name: string): string;
  /** The name, when the ARN is one of that kind in this account and region. */
  nameIn(kind: ResourceKind, arn: string): string | undefined;
}

export type ResourceKind =
  | 'thing'
  | 'thinggroup'
  | 'thingtype'
  | 'job'
  | 'jobtemplate'
  | 'cert'
  | 'policy'
  | 'index'
  | 'client'
  | 'topic';

/** @param environment account and region of the ARNs */
export const createArns = ({ accountId, region }: Environment): Arns => {
  const prefix = `arn:aws:iot:${region}:${accountId}:`;
  return {
    of: (kind, name) => `${prefix}${kind}/${name}`,
    nameIn: (kind, arn) => {
      const start = `${prefix}${kind}/`;
      return arn.startsWith(start) ? arn.slice(start.length) : undefined;
    },
  };
};
