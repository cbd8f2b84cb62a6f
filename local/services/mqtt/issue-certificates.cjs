/** Issues client certificates in a worker thread: most of the time that it takes to provision a thing. */
const { parentPort, workerData } = require('node:worker_threads');
const { generate } = require('selfsigned');

parentPort.on('message', async ({ id, subject, notBefore, notAfter }) => {
  try {
    const {
      cert,
      private: key,
      public: publicKey,
    } = await generate(subject, {
      ...workerData.keys,
      notBeforeDate: new Date(notBefore),
      notAfterDate: new Date(notAfter),
      ca: workerData.ca,
      extensions: [
        { name: 'basicConstraints', cA: false },
        { name: 'keyUsage', digitalSignature: true, critical: true },
        { name: 'extKeyUsage', clientAuth: true },
      ],
    });
    parentPort.postMessage({ id, cert, key, publicKey });
  } catch (error) {
    parentPort.postMessage({ id, error: String(error) });
  }
});
