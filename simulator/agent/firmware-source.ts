/** Values of CheckSumAlgorithm (TR-181, Download()). */
const CHECK_SUM_ALGORITHMS = ['SHA-1', 'SHA-224', 'SHA-256', 'SHA-384', 'SHA-512'] as const;

export type CheckSumAlgorithm = (typeof CHECK_SUM_ALGORITHMS)[number];

/** The arguments of Download() that locate and verify the firmware. */
export interface FirmwareSource {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  /** In bytes. */
  readonly fileSize?: number;
  readonly checkSum?: { readonly algorithm: CheckSumAlgorithm; readonly hex: string };
}

const isAlgorithm = (text: string): text is CheckSumAlgorithm =>
  CHECK_SUM_ALGORITHMS.some((algorithm) => algorithm === text);

/** @returns the source, or the reason why the arguments are invalid */
export const firmwareSource = (args: { readonly [arg: string]: string }): FirmwareSource | string => {
  const { URL: url = '', Username: username = '', Password: password = '' } = args;
  const { FileSize: size = '', CheckSumAlgorithm: algorithm = '', CheckSum: hex = '' } = args;
  if (url === '') return 'URL is required';
  if (size !== '' && !/^\d{1,15}$/.test(size)) return `FileSize "${size}" is not a number of bytes`;
  if (!/^[0-9a-fA-F]*$/.test(hex)) return 'CheckSum is not hexadecimal';
  const source = { url, username, password, ...(Number(size) > 0 && { fileSize: Number(size) }) };
  if (hex === '') return source;
  if (!isAlgorithm(algorithm))
    return `CheckSumAlgorithm "${algorithm}" is not one of ${CHECK_SUM_ALGORITHMS.join(', ')}`;
  return { ...source, checkSum: { algorithm, hex } };
};
