import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';

type Database = ReturnType<typeof loadAwsServiceSpecSync>;
type Properties = Readonly<
  Record<
    string,
    { readonly type: PropertyType; readonly previousTypes?: readonly PropertyType[]; readonly required?: boolean }
  >
>;
type PropertyType =
  | { readonly type: 'ref'; readonly reference: { readonly $ref: string } }
  | { readonly type: 'array' | 'map'; readonly element: PropertyType }
  | { readonly type: 'union'; readonly types: readonly PropertyType[] }
  | { readonly type: string };

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isIntrinsic = (value: unknown): boolean =>
  isRecord(value) && Object.keys(value).length === 1 && /^(Ref|Fn::\w+)$/.test(Object.keys(value)[0] ?? '');

/** Loading takes a second: once is enough. */
let loaded: Database | undefined;

/** Checks resources of a template against the CloudFormation resource specification. */
export class CfnSchema {
  private readonly database: Database = (loaded ??= loadAwsServiceSpecSync());

  /** @returns problems, each with the path of the property; empty when the resource is fine */
  check(logicalId: string, type: string, properties: unknown): readonly string[] {
    const resource = this.database.lookup('resource', 'cloudFormationType', 'equals', type)[0];
    if (resource === undefined) return [`${logicalId}: unknown resource type ${type}`];
    return this.object(resource.properties, properties ?? {}, `${logicalId}.Properties`);
  }

  /** Attributes that GetAtt can read from a resource type. */
  attributes(type: string): readonly string[] {
    return Object.keys(this.database.lookup('resource', 'cloudFormationType', 'equals', type)[0]?.attributes ?? {});
  }

  private object(expected: Properties, actual: unknown, path: string): readonly string[] {
    if (isIntrinsic(actual)) return [];
    if (!isRecord(actual)) return [`${path}: an object is expected`];
    const unknown = Object.keys(actual)
      .filter((key) => !(key in expected))
      .map((key) => `${path}.${key}: no such property`);
    const missing = Object.entries(expected)
      .filter(([key, property]) => property.required === true && !(key in actual))
      .map(([key]) => `${path}.${key}: required property is missing`);
    const inner = Object.entries(actual).flatMap(([key, value]) => {
      const property = expected[key];
      if (property === undefined) return [];
      const tries = [property.type, ...(property.previousTypes ?? [])].map((t) =>
        this.value(t, value, `${path}.${key}`),
      );
      return tries.some((problems) => problems.length === 0) ? [] : (tries[0] ?? []);
    });
    return [...unknown, ...missing, ...inner];
  }

  private value(type: PropertyType, value: unknown, path: string): readonly string[] {
    if (isIntrinsic(value)) return [];
    if ('reference' in type) {
      const definition = this.database.get('typeDefinition', type.reference.$ref);
      return this.object(definition.properties, value, path);
    }
    if ('element' in type) {
      if (type.type === 'array')
        return Array.isArray(value)
          ? value.flatMap((item, index) => this.value(type.element, item, `${path}[${index}]`))
          : [`${path}: a list is expected`];
      return isRecord(value)
        ? Object.entries(value).flatMap(([key, item]) => this.value(type.element, item, `${path}.${key}`))
        : [`${path}: an object is expected`];
    }
    if ('types' in type) {
      const tries = type.types.map((candidate) => this.value(candidate, value, path));
      return tries.some((problems) => problems.length === 0) ? [] : (tries[0] ?? []);
    }
    switch (type.type) {
      case 'string':
        return typeof value === 'string' || typeof value === 'number' ? [] : [`${path}: a string is expected`];
      case 'integer':
      case 'number':
        return typeof value === 'number' || (typeof value === 'string' && value !== '' && !Number.isNaN(Number(value)))
          ? []
          : [`${path}: a number is expected`];
      case 'boolean':
        return typeof value === 'boolean' || value === 'true' || value === 'false'
          ? []
          : [`${path}: true or false is expected`];
      default:
        return [];
    }
  }
}
