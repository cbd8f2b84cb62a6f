/** One attempt of a job at a thing: IoT Jobs counts the attempts from 1. */
export interface JobExecutionId {
  readonly jobId: string;
  readonly executionNumber: number;
}

/** Job ids have no dot: https://docs.aws.amazon.com/iot/latest/apireference/API_CreateJob.html */
const OPERATION_ID = /^([a-zA-Z0-9_-]{1,64})\.([1-9]\d{0,14})(?:\.[1-9]\d?)?$/;

/**
 * The operation id of an attempt, `<jobId>.<executionNumber>`. The rule StartStateMachine makes the same id in SQL. Every
 * other domain takes it as it is: only the jobs domain knows what it is made of.
 */
export const operationIdOf = ({ jobId, executionNumber }: JobExecutionId): string => `${jobId}.${executionNumber}`;

/** The attempt that an operation id stands for, or one of its further orders (functions/shared/orders.ts). @throws Error when it is not an operation id */
export const jobExecutionOf = (operationId: string): JobExecutionId => {
  const [, jobId, executionNumber] = OPERATION_ID.exec(operationId) ?? [];
  if (jobId === undefined) throw new Error(`"${operationId}" is not an operation id such as FirmwareUpgrade-x.1.`);
  return { jobId, executionNumber: Number(executionNumber) };
};
