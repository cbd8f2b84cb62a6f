/**
 * FaultCode of TransferComplete!: the file transfer faults of TR-069 (A.5.1, 9010–9018), in the range 7000–7999 that TR-181
 * assigns to USP; and Resources exceeded of TR-369, "Error Codes" ("memory or processing limitations").
 */
const TRANSFER_FAULTS = {
  resourcesExceeded: '7005',
  downloadFailure: '7010',
  authenticationFailure: '7012',
  unsupportedProtocol: '7013',
  unableToContactServer: '7015',
  unableToAccessFile: '7016',
  unableToComplete: '7017',
  corrupted: '7018',
} as const;

export type TransferFault = keyof typeof TRANSFER_FAULTS;

/** Why a transfer failed: the fault in TransferComplete!, and the Status of the image afterwards. */
export interface TransferFailure {
  readonly faultCode: string;
  readonly faultString: string;
  readonly status: 'DownloadFailed' | 'ValidationFailed';
}

/** @param faultString what failed, with which file */
export const transferFailure = (fault: TransferFault, faultString: string): TransferFailure => ({
  faultCode: TRANSFER_FAULTS[fault],
  faultString,
  status: fault === 'corrupted' ? 'ValidationFailed' : 'DownloadFailed',
});

/** The fault for an HTTP error status, and whether a retry may succeed. */
export const faultOfStatus = (status: number): { readonly fault: TransferFault; readonly retryable: boolean } => {
  if (status === 401 || status === 403 || status === 407) return { fault: 'authenticationFailure', retryable: false };
  if (status === 408 || status === 429 || status >= 500) return { fault: 'downloadFailure', retryable: true };
  return { fault: 'unableToAccessFile', retryable: false };
};
