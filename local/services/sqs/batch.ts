import { AwsError } from '../../core/aws-error';

const MAX_ENTRIES = 10;

/**
 * Calls an operation for each entry; one that fails does not affect the others.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibilityBatch.html
 * @throws AwsError EmptyBatchRequest, TooManyEntriesInBatchRequest, BatchEntryIdsNotDistinct
 */
export const batchOf = <Entry extends { readonly Id: string | undefined }>(
  entries: readonly Entry[],
  call: (entry: Entry) => void,
) => {
  if (entries.length === 0) throw new AwsError('EmptyBatchRequest', 'There should be at least one entry.');
  if (entries.length > MAX_ENTRIES)
    throw new AwsError(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are ${MAX_ENTRIES}. You have sent ${entries.length}.`,
    );
  const ids = entries.map(({ Id }) => Id);
  const repeated = ids.find((id, n) => ids.indexOf(id) < n);
  if (repeated !== undefined) throw new AwsError('BatchEntryIdsNotDistinct', `Id ${repeated} repeated.`);
  const Successful: { Id: string | undefined }[] = [];
  const Failed: { Id: string | undefined; SenderFault: boolean; Code: string; Message: string }[] = [];
  for (const entry of entries) {
    try {
      call(entry);
      Successful.push({ Id: entry.Id });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      Failed.push({ Id: entry.Id, SenderFault: true, Code: error.code, Message: error.message });
    }
  }
  return { Successful, Failed };
};
