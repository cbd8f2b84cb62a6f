import type { Downloads } from '../protocol';
import { IMAGE, type Objects } from './inventory';

/** TR-181, Device.LocalAgent.Request.{i}.: a row for each asynchronous command that has begun and not ended. */
const LOCAL_AGENT = 'Device.LocalAgent.';
export const REQUESTS = `${LOCAL_AGENT}Request.`;
export const NUMBER_OF_REQUESTS = `${LOCAL_AGENT}RequestNumberOfEntries`;
const REQUEST = /^Device\.LocalAgent\.Request\.\d{1,10}\.$/;

/** TR-181, FirmwareImage.{i}.Status. After a failure (DownloadFailed, …) it does not say whose download that was. */
const BUSY = ['Downloading', 'Validating'];
const AT_REST = ['NoImage', 'Active', 'Available'];

/**
 * Reads what an agent shows of its downloads.
 * @returns undefined when it need not be all: an agent leaves out, without a word, what the controller may not read
 */
export const readDownloads = (objects: Objects): Downloads | undefined => {
  const requests = [...objects].filter(([path]) => REQUEST.test(path)).map(([, params]) => params);
  const images = [...objects].filter(([path]) => IMAGE.test(path)).map(([, params]) => params);
  if (objects.get(LOCAL_AGENT)?.['RequestNumberOfEntries'] !== String(requests.length)) return undefined;
  const states = images.map(({ Status = '' }) => Status);
  if (images.length === 0 || !states.every((state) => BUSY.includes(state) || AT_REST.includes(state)))
    return undefined;
  return {
    running: requests.flatMap(({ Command = '', CommandKey = '' }) =>
      /(^|\.)Download\(\)$/.test(Command) ? [CommandKey] : [],
    ),
    isBusy: states.some((state) => BUSY.includes(state)),
    versions: images.flatMap(({ Version = '' }) => (Version === '' ? [] : [Version])),
  };
};
