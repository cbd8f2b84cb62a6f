import { readFile } from 'node:fs/promises';
import type { Resources } from '../../operate/operator';
import { createRollout, previewRollout, type RolloutRequest } from '../../operate/rollouts/create-rollout';
import { UsageError } from '../../simulator/usage-error';
import { commandOf, type OptionSpecs, type Values } from '../command-line';
import { wholeNumber } from '../option-values';
import { printPreview } from './rollout-view';
import { SESSION_OPTIONS, thingNameOf, withSession } from './session';

const OPTIONS = {
  'firmware-version': { value: 'V', description: 'the version to upgrade to' },
  group: { value: 'NAME', multiple: true, description: 'a thing group; may be repeated' },
  thing: { value: 'NAME', multiple: true, description: 'a thing; may be repeated' },
  continuous: { description: 'also upgrade things that join the groups later' },
  'per-minute': { value: 'N', description: 'at most N devices per minute get the job' },
  'when-offline': { value: 'WHAT', description: 'wait or fail' },
  'allow-downgrade': { description: 'also install an older version' },
  payload: {
    value: 'FILE',
    description: 'the payload of JobsCreateJob, JSON, for all other settings; - reads it from the input; options win',
  },
  'dry-run': { description: 'create nothing, and count the devices' },
  ...SESSION_OPTIONS,
} as const satisfies OptionSpecs;

const textOf = async (file: string): Promise<string> => {
  if (file !== '-') return readFile(file, 'utf8');
  const parts: Buffer[] = [];
  for await (const part of process.stdin) parts.push(Buffer.from(part as Uint8Array));
  return Buffer.concat(parts).toString('utf8');
};

const payloadIn = async (file: string | undefined): Promise<RolloutRequest> => {
  if (file === undefined) return {};
  try {
    const payload: unknown = JSON.parse(await textOf(file));
    if (typeof payload === 'object' && payload !== null && !Array.isArray(payload)) return { ...payload };
    throw new UsageError(`--payload ${file}: it must contain a JSON object.`);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`--payload ${file}: ${String(error).replace(/^\w*Error: /, '')}`);
  }
};

/** @throws UsageError */
const targetsOf = (
  { partition, region, accountId }: Pick<Resources, 'partition' | 'region' | 'accountId'>,
  { group, thing }: Pick<Values<typeof OPTIONS>, 'group' | 'thing'>,
): readonly string[] => {
  const arn = (kind: string, name: string) =>
    `arn:${partition}:iot:${region}:${accountId}:${kind}/${thingNameOf(name, `--${kind === 'thing' ? 'thing' : 'group'}`)}`;
  return [...group.map((name) => arn('thinggroup', name)), ...thing.map((name) => arn('thing', name))];
};

/** What does not depend on the stack. @throws UsageError */
const fieldsOf = async (values: Values<typeof OPTIONS>): Promise<RolloutRequest> => {
  const { 'firmware-version': firmwareVersion, 'when-offline': whenOffline, 'per-minute': perMinute } = values;
  const fields = {
    ...(await payloadIn(values.payload)),
    ...(firmwareVersion !== undefined && { firmwareVersion }),
    ...(values.continuous && { targetSelection: 'CONTINUOUS' }),
    ...(perMinute !== undefined && { rollout: { maximumPerMinute: wholeNumber('per-minute', perMinute, 1, 1_000) } }),
    ...(whenOffline !== undefined && { whenOffline }),
    ...(values['allow-downgrade'] && { allowDowngrade: true }),
  };
  if (!('firmwareVersion' in fields)) throw new UsageError('--firmware-version: give the version to upgrade to.');
  if (values.group.length + values.thing.length === 0 && !('targetArn' in fields) && !('targetArns' in fields))
    throw new UsageError('--group or --thing: give what to upgrade.');
  return fields;
};

const withTargets = (fields: RolloutRequest, targetArns: readonly string[]): RolloutRequest =>
  targetArns.length === 0 ? fields : { ...fields, targetArns, targetArn: undefined };

export const rolloutCreate = () =>
  commandOf({
    name: 'create',
    description: 'Upgrades thing groups or things to a version, or with --dry-run counts the devices.',
    options: OPTIONS,
    notes: 'Fields of the payload: README.md, A job.\nExit code 0: created, or counted. 1: refused. 2: usage error.',
    run: async (values) => {
      const fields = await fieldsOf(values);
      await withSession(values, async ({ operator, output }) => {
        const request = withTargets(fields, targetsOf(operator.resources, values));
        if (values['dry-run']) {
          const preview = await previewRollout(operator, request);
          return values.json ? output.json(preview) : printPreview(output, preview);
        }
        const { jobId } = await createRollout(operator, request);
        if (values.json) return output.json({ jobId });
        output.line(`Created ${jobId}.`);
        output.line(`Follow it: wme rollout watch ${jobId}`, 'dim');
      });
    },
  });
