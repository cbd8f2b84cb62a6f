import { createHash } from 'node:crypto';

/** CloudFormation writes property names in PascalCase where the IoT API has camelCase: converts keys on every level. */
export const lowerFirst = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(lowerFirst);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [`${key.charAt(0).toLowerCase()}${key.slice(1)}`, lowerFirst(inner)]),
  );
};

/** `<stack>-<logical id>-<8 characters>`, as CloudFormation names what has no name, but the same at every deployment. */
export const generatedName = (stackName: string, logicalId: string): string => {
  const suffix = createHash('sha256').update(`${stackName}/${logicalId}`).digest('hex').slice(0, 8);
  return `${stackName}-${logicalId.slice(0, 40)}-${suffix}`;
};
