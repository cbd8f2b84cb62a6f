import type { AgentState } from './types';

/** One instantiated object of the data model (TR-181): its path ends in a dot. */
export interface DataObject {
  readonly path: string;
  readonly params: { readonly [param: string]: string };
}

export const FIRMWARE_IMAGES = 'Device.DeviceInfo.FirmwareImage.';
export const REQUESTS = 'Device.LocalAgent.Request.';
export const SUBSCRIPTIONS = 'Device.LocalAgent.Subscription.';
export const BOOT_PARAMETERS = 'Device.LocalAgent.Controller.1.BootParameter.';

/** Tables exist even when they hold no row. */
const TABLES = [FIRMWARE_IMAGES, REQUESTS, SUBSCRIPTIONS, BOOT_PARAMETERS];

/** The firmware version that runs. */
export const softwareVersion = (state: AgentState): string => state.images[state.activeImage - 1]?.version ?? '';

/** All objects of the agent, as they are now. */
export const objectsOf = (state: AgentState): DataObject[] => [
  {
    path: 'Device.DeviceInfo.',
    params: {
      SoftwareVersion: softwareVersion(state),
      ActiveFirmwareImage: `${FIRMWARE_IMAGES}${state.activeImage}`,
      BootFirmwareImage: `${FIRMWARE_IMAGES}${state.activeImage}`,
    },
  },
  ...state.images.map(({ name, version }, index) => ({
    path: `${FIRMWARE_IMAGES}${index + 1}.`,
    params: {
      Alias: '',
      Name: name,
      Version: version,
      Available: 'true',
      Status: index + 1 === state.activeImage ? 'Active' : 'Available',
      BootFailureLog: '',
    },
  })),
  { path: 'Device.LocalAgent.', params: { EndpointID: state.config.endpointId } },
  { path: 'Device.LocalAgent.Controller.1.', params: { EndpointID: state.config.controllerId, Enable: 'true' } },
  ...state.added,
  ...(state.download
    ? [
        {
          path: `${REQUESTS}${state.download.request}.`,
          params: {
            Originator: state.download.requestor,
            Command: state.download.command,
            CommandKey: state.download.commandKey,
            Status: 'Active',
          },
        },
      ]
    : []),
];

type Segment = { readonly name: string } | { readonly any: true } | { readonly param: string; readonly value: string };

/** A path of names, instance numbers, `*` and `[Param=="value"]`; quotes may be missing, as in the original's requests. */
const parsePath = (path: string): Segment[] | undefined => {
  const parts = path.match(/\[[^\]]*\]|[^.[\]]+/g) ?? [];
  const segments = parts.map((part): Segment | undefined => {
    if (part === '*') return { any: true };
    if (!part.startsWith('[')) return { name: part };
    const [, param, value] = /^\[(\w+)==("[^"]*"|[^"\]]+)\]$/.exec(part) ?? [];
    return param === undefined || value === undefined ? undefined : { param, value: value.replaceAll('"', '') };
  });
  return segments.every((segment) => segment !== undefined) ? segments : undefined;
};

const fits = (objects: readonly DataObject[], segments: readonly Segment[], names: readonly string[]): boolean =>
  segments.every((segment, index) => {
    if ('any' in segment) return true;
    if ('name' in segment) return segment.name === names[index];
    const path = `${names.slice(0, index + 1).join('.')}.`;
    return objects.find((object) => object.path === path)?.params[segment.param] === segment.value;
  });

/** What an object path stands for: `exact` are the objects it names, `below` also everything in them. */
export type Resolved =
  | { readonly exact: DataObject[]; readonly below: DataObject[] }
  | { readonly problem: 'invalid path' | 'no such object' };

/** @param path an object path of TR-369: full, with wildcards or with search expressions; ends in a dot */
export const resolveObjects = (state: AgentState, path: string): Resolved => {
  const objects = objectsOf(state);
  const segments = parsePath(path);
  if (!segments || !path.endsWith('.')) return { problem: 'invalid path' };
  const below = objects.filter(({ path: full }) => {
    const names = full.slice(0, -1).split('.');
    return names.length >= segments.length && fits(objects, segments, names.slice(0, segments.length));
  });
  const exact = below.filter((object) => object.path.split('.').length - 1 === segments.length);
  if (below.length > 0 || TABLES.includes(path)) return { exact, below };
  const isSearch = segments.some((segment) => !('name' in segment));
  const table = TABLES.find((known) => {
    const names = known.slice(0, -1).split('.');
    return (
      segments.length > names.length &&
      names.every((name, index) => {
        const segment = segments[index];
        return segment && (!('name' in segment) || segment.name === name);
      })
    );
  });
  if (!table) return { problem: 'invalid path' };
  return isSearch ? { exact: [], below: [] } : { problem: 'no such object' };
};
