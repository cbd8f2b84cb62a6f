/**
 * The operation, one attempt of a job at a device, that an id belongs to: it is that of the operation, or of one of its orders.
 * @example FirmwareUpgrade-x.1 of FirmwareUpgrade-x.1.2
 */
export const operationOf = (id: string): string => /^[\w-]+\.\d+/.exec(id)?.[0] ?? id;

/** The job that an operation is an attempt of. */
export const jobOf = (operationId: string): string => operationId.slice(0, operationId.indexOf('.'));
