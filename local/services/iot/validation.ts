import { invalidRequest } from './errors';

/** Names and limits from the AWS IoT API reference. */
const NAME = /^[a-zA-Z0-9:_-]{1,128}$/;
const JOB_ID = /^[a-zA-Z0-9_-]{1,64}$/;
const POLICY_NAME = /^[\w+=,.@-]{1,128}$/;
const ATTRIBUTE_NAME = /^[a-zA-Z0-9_.,@/:#-]{1,128}$/;
const ATTRIBUTE_VALUE = /^[a-zA-Z0-9_.,@/:#=[\]-]{0,800}$/;
const ATTRIBUTES_WITHOUT_TYPE = 3;
const ATTRIBUTES_WITH_TYPE = 50;

/**
 * The value of a required parameter.
 * @throws AwsError InvalidRequestException that names it
 */
export const required = <T>(value: T | undefined, parameter: string): T => {
  if (value === undefined || value === '') throw invalidRequest(`${parameter} is missing.`);
  return value;
};

const matching = (value: string | undefined, parameter: string, pattern: RegExp): string => {
  const given = required(value, parameter);
  if (!pattern.test(given))
    throw invalidRequest(`${parameter} "${given}" is not valid: it must match ${pattern.source}.`);
  return given;
};

/** @throws AwsError InvalidRequestException when it is not a valid thing name */
export const thingNameOf = (value: string | undefined): string => matching(value, 'thingName', NAME);

/** Thing groups, thing types and the like follow the pattern of thing names. */
export const resourceNameOf = (value: string | undefined, parameter: string): string =>
  matching(value, parameter, NAME);

/** @throws AwsError InvalidRequestException when it is not a valid job id (64 characters at most) */
export const jobIdOf = (value: string | undefined, parameter = 'jobId'): string => matching(value, parameter, JOB_ID);

/** @throws AwsError InvalidRequestException when it is not a valid policy name */
export const policyNameOf = (value: string | undefined): string => matching(value, 'policyName', POLICY_NAME);

/**
 * Checks attributes before they are stored. An empty value deletes an attribute, so it is not checked.
 * @throws AwsError InvalidRequestException that names the attribute
 */
export const checkAttributes = (attributes: Readonly<Record<string, string>>): void => {
  for (const [name, value] of Object.entries(attributes)) {
    if (!ATTRIBUTE_NAME.test(name))
      throw invalidRequest(`Attribute name "${name}" is not valid: it must match ${ATTRIBUTE_NAME.source}.`);
    if (!ATTRIBUTE_VALUE.test(value))
      throw invalidRequest(
        `The value "${value}" of attribute ${name} is not valid: it must match ${ATTRIBUTE_VALUE.source}.`,
      );
  }
};

/** @throws AwsError InvalidRequestException when the thing would have more attributes than AWS allows */
export const checkAttributeCount = (
  thingName: string,
  attributes: Readonly<Record<string, string>>,
  thingTypeName: string | undefined,
): void => {
  const limit = thingTypeName === undefined ? ATTRIBUTES_WITHOUT_TYPE : ATTRIBUTES_WITH_TYPE;
  const count = Object.keys(attributes).length;
  if (count > limit)
    throw invalidRequest(
      `Thing ${thingName} would have ${count} attributes, ${limit} are allowed${
        thingTypeName === undefined ? ' without a thing type' : ''
      }.`,
    );
};
