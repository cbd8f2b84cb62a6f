import { join } from 'node:path';
import { generate } from '../../proto/generate';
import { DESCRIPTOR_BASE64, DESCRIPTOR_KEY } from '../../proto/generated/descriptor';
import { resourcesOfType, type Check } from './project';

/** AWS IoT Core, rules quotas. */
const MAX_DESCRIPTOR_BYTES = 32 * 1024;

/** The descriptor that is deployed is the one of the schema files, and the template names it. */
export const checkDescriptor: Check = ({ root, template }) => {
  const current = generate(join(root, 'proto'))['descriptor.ts'] ?? '';
  const upToDate = current.includes(`'${DESCRIPTOR_KEY}'`);
  const bytes = Buffer.from(DESCRIPTOR_BASE64, 'base64').length;
  return [
    ...(upToDate ? [] : ['proto/generated/descriptor.ts is not the descriptor of proto/*.proto: run `npm run proto`']),
    ...(bytes <= MAX_DESCRIPTOR_BYTES
      ? []
      : [`The descriptor has ${bytes} bytes, AWS IoT allows ${MAX_DESCRIPTOR_BYTES}`]),
    ...resourcesOfType(template, 'Custom::Descriptor')
      .filter(([, { Properties }]) => Properties['DescriptorKey'] !== DESCRIPTOR_KEY)
      .map(([logicalId]) => `${logicalId}.Properties.DescriptorKey: must be ${DESCRIPTOR_KEY}, the schema's`),
  ];
};
