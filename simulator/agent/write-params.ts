import { ERR } from './errors';
import { acceptValue } from './param-values';
import type { SupportedObject } from './supported-model';

/** One parameter setting of an Add or Set. */
export interface ParamSetting {
  readonly param?: string;
  readonly value?: string;
  readonly required?: boolean;
}

export interface ParamError {
  readonly param: string;
  readonly errCode: number;
  readonly errMsg: string;
  readonly required: boolean;
}

export interface Written {
  readonly values: { readonly [param: string]: string };
  readonly errors: readonly ParamError[];
}

/** Validates settings against the Supported Data Model. */
export const writeParams = (object: SupportedObject, settings: readonly ParamSetting[]): Written => {
  const values: { [param: string]: string } = {};
  const errors: ParamError[] = [];
  const keys = object.uniqueKeys?.flat() ?? [];
  for (const { param = '', value = '', required = false } of settings) {
    // Unique keys are always required (TR-369, "CreateParamSetting Fields").
    const refuse = (errCode: number, errMsg: string) =>
      errors.push({ param, errCode, errMsg, required: required || keys.includes(param) });
    const supported = object.params[param];
    if (!supported) refuse(ERR.unsupportedParameter, `${object.path}${param}: this agent has no such parameter`);
    else if (!supported.writable) refuse(ERR.readOnlyParameter, `${object.path}${param}: read-only`);
    else {
      const accepted = acceptValue(supported, value);
      if ('value' in accepted) values[param] = accepted.value;
      else refuse(accepted.errCode, `${object.path}${param}: ${accepted.errMsg}`);
    }
  }
  return { values, errors };
};

/** A ParameterError of an AddResp or SetResp. */
export const responseParam = ({ param, errCode, errMsg }: ParamError) => ({ param, errCode, errMsg });

/** A ParamError of an Error message. */
export const errorMessageParam = (path: string, { param, errCode, errMsg }: ParamError) => ({
  paramPath: `${path}${param}`,
  errCode,
  errMsg,
});
