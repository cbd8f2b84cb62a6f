import { ERR, type Problem } from './errors';
import type { Profile } from './profiles';
import type { SupportedParam } from './supported-model';

/** TR-106 lets a boolean be written as a word or as a digit. */
export const parseBoolean = (text: string): boolean | undefined =>
  text === 'true' || text === '1' ? true : text === 'false' || text === '0' ? false : undefined;

/** A boolean as the agent writes it. */
export const writeBoolean = ({ booleans }: Profile, value: boolean): string =>
  booleans === 'digits' ? String(Number(value)) : String(value);

/** A value as the agent tells it. */
export const tellValue = (profile: Profile, param: SupportedParam | undefined, value: string): string => {
  const flag = param?.type === 'boolean' ? parseBoolean(value) : undefined;
  return flag === undefined ? value : writeBoolean(profile, flag);
};

/** What a controller may store in a parameter: the value, or why not. */
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
        ? { errCode: ERR.invalidValue, errMsg: `"${value}" is none of ${param.values.join(', ')}` }
        : { value };
  }
};
