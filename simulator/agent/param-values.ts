import { ERR, type Problem } from './errors';
import type { Profile } from './profiles';
import type { SupportedParam } from './supported-model';

/** TR-106 allows true, false, 1 and 0. */
export const parseBoolean = (text: string): boolean | undefined =>
  text === 'true' || text === '1' ? true : text === 'false' || text === '0' ? false : undefined;

/** A boolean in the notation of the profile. */
export const writeBoolean = ({ booleans }: Profile, value: boolean): string =>
  booleans === 'digits' ? String(Number(value)) : String(value);

/** A value in the notation of the profile. */
export const formatValue = (profile: Profile, param: SupportedParam | undefined, value: string): string => {
  const flag = param?.type === 'boolean' ? parseBoolean(value) : undefined;
  return flag === undefined ? value : writeBoolean(profile, flag);
};

/** Validates a value that a controller writes. */
export const acceptValue = (param: SupportedParam, value: string): { readonly value: string } | Problem => {
  switch (param.type) {
    case 'boolean': {
      const flag = parseBoolean(value);
      return flag === undefined
        ? { errCode: ERR.invalidType, errMsg: `"${value}" is not a boolean` }
        : { value: String(flag) };
    }
    case 'unsignedInt':
      return /^\d{1,10}$/.test(value) && Number(value) < 2 ** 32
        ? { value: String(Number(value)) }
        : { errCode: ERR.invalidType, errMsg: `"${value}" is not an unsigned integer` };
    case 'dateTime':
    case 'string':
      return param.values && !param.values.includes(value)
        ? { errCode: ERR.invalidValue, errMsg: `"${value}" is not one of ${param.values.join(', ')}` }
        : { value };
  }
};
