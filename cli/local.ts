import './quiet-sdk.cjs';
import { parseArgs } from 'node:util';
import { startEmbeddedAws } from '../local/embedded-aws';
import { interrupted, usageError, wholeNumber } from './terminal';
import { usageCommands } from './usage-commands';

const HELP = `npm run local -- [options]

Deploys template.yaml to an embedded AWS on 127.0.0.1 and runs until Ctrl-C.

  --port P         HTTP port of the embedded AWS (default 4566)
  --mqtt-port P    MQTT port, without TLS (default 1883)
  --tls-port P     additional MQTT port with mutual TLS; prints the CA file
  --stack NAME     stack name (default wme)
  --data DIR       keep everything in DIR: a process that starts with the same DIR goes on where the last one
                   ended, even if it was killed; without it everything is in memory
  --reset          empty DIR first
  --quiet          do not print the log lines of the functions
  --help           this text`;

const main = async () => {
  let values: ReturnType<typeof parse>;
  let ports: { httpPort: number; mqttPort: number; tlsPort?: number };
  try {
    values = parse();
    if (values.reset && values.data === undefined)
      throw new Error('--reset empties the directory of --data DIR: name it.');
    if (values.help) return console.log(HELP);
    ports = {
      httpPort: wholeNumber('port', values.port, 0, 65_535),
      mqttPort: wholeNumber('mqtt-port', values['mqtt-port'], 0, 65_535),
      ...(values['tls-port'] !== undefined && { tlsPort: wholeNumber('tls-port', values['tls-port'], 0, 65_535) }),
    };
  } catch (error) {
    return usageError(error instanceof Error ? error.message : String(error), 'npm run local');
  }
  const stop = interrupted();
  const quiet = values.quiet;
  const aws = await startEmbeddedAws({
    stackName: values.stack,
    ...(values.data !== undefined && { data: { directory: values.data, reset: values.reset } }),
    ...ports,
    report: (event) => {
      if (!quiet || event.level !== 'info') console.log(`[${event.source}] ${event.message}`);
    },
  });
  console.log(`Embedded AWS: ${aws.endpointUrl}`);
  console.log(`MQTT:         ${aws.mqttUrl}`);
  if (aws.tls !== undefined) console.log(`MQTT + TLS:   ${aws.tls.url}, CA ${aws.tls.caFile}`);
  for (const line of usageCommands(aws)) console.log(line);
  await stop;
  console.log('Stopping …');
  await aws.close();
};

const parse = () =>
  parseArgs({
    options: {
      port: { type: 'string', default: '4566' },
      'mqtt-port': { type: 'string', default: '1883' },
      'tls-port': { type: 'string' },
      stack: { type: 'string', default: 'wme' },
      data: { type: 'string' },
      reset: { type: 'boolean', default: false },
      quiet: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  }).values;

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
