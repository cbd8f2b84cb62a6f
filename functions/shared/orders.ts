/** How often an attempt orders a download that devices report as cut off. The state machine counts. */
export const MAX_ORDERS = 3;

/**
 * The ids under which the download of an operation may be ordered: its own, and `<operation id>.<order>` for further orders. Each
 * is an operation for the device management domain and the event inbox, so that what comes late of an earlier one touches no later one.
 */
export const ordersOf = (operationId: string): readonly string[] =>
  Array.from({ length: MAX_ORDERS }, (_, index) => (index === 0 ? operationId : `${operationId}.${index + 1}`));
