import { AwsError } from '../core/aws-error';

const malformed = (reason: string) => new AwsError('IncompleteBody', `The aws-chunked body is malformed: ${reason}.`);

/**
 * Extracts the content of an `aws-chunked` body: `<size in hex>[;chunk-signature=…]CRLF <data> CRLF … 0 CRLF trailers`.
 * Signatures and trailing checksums are dropped. https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 * @throws AwsError IncompleteBody
 */
export const decodeAwsChunked = (body: Buffer): Buffer => {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const end = body.indexOf('\r\n', at);
    if (end < 0) throw malformed('a chunk header is missing');
    const [sizeText = ''] = body.toString('latin1', at, end).split(';');
    if (!/^[0-9a-f]+$/i.test(sizeText)) throw malformed(`"${sizeText}" is not a chunk size`);
    const size = Number.parseInt(sizeText, 16);
    if (size === 0) return Buffer.concat(chunks);
    const start = end + 2;
    if (start + size > body.length) throw malformed('the last chunk is cut off');
    chunks.push(body.subarray(start, start + size));
    at = start + size + 2;
  }
};
