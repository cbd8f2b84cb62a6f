import type { Command } from 'commander';
import type { EmbeddedAwsOptions } from '../../local/embedded-aws';
import { UsageError } from '../../simulator/usage-error';
import { addOptions, createCommand, type OptionSpecs, type Values, valuesOf } from '../command-line';
import { wholeNumber } from '../option-values';
import { printable } from '../output/printable';
import { serveConsole } from '../serve-console';
import { interrupted } from '../terminal';
import { usageCommands } from '../usage-commands';

const OPTIONS = {
  port: { value: 'P', default: '4566', description: 'HTTP port of the embedded AWS' },
  'mqtt-port': { value: 'P', default: '1883', description: 'MQTT port, without TLS' },
  'tls-port': { value: 'P', description: 'additional MQTT port with mutual TLS; prints the CA file' },
  stack: { value: 'NAME', default: 'wme', description: 'stack name' },
  data: {
    value: 'DIR',
    description:
      'keep everything in DIR: a process that starts with the same DIR goes on where the last one ended, even if it was killed; without it everything is in memory',
  },
  reset: { description: 'empty DIR first' },
  quiet: { description: 'do not print the log lines of the functions' },
} as const satisfies OptionSpecs;

/** @throws UsageError */
const embeddedAwsOptions = (values: Values<typeof OPTIONS>): EmbeddedAwsOptions => {
  const { stack: stackName, data, reset, quiet, 'tls-port': tlsPort } = values;
  if (reset && data === undefined) throw new UsageError('--reset empties the directory of --data DIR: name it.');
  return {
    stackName,
    httpPort: wholeNumber('port', values.port, 0, 65_535),
    mqttPort: wholeNumber('mqtt-port', values['mqtt-port'], 0, 65_535),
    ...(tlsPort !== undefined && { tlsPort: wholeNumber('tls-port', tlsPort, 0, 65_535) }),
    ...(data !== undefined && { data: { directory: data, reset } }),
    report: (event) => {
      if (quiet && event.level === 'info') return;
      // Functions log what devices report.
      for (const line of event.message.split('\n')) console.log(printable(`[${event.source}] ${line}`));
    },
  };
};

/** @param name how it is called */
export const localProgram = (name: string): Command => {
  const description =
    'Deploys template.yaml to an embedded AWS on 127.0.0.1, serves the console for it, and runs until Ctrl-C.';
  const command = addOptions(createCommand(name, description), OPTIONS);
  return command.action(async () => {
    const options = embeddedAwsOptions(valuesOf(command, OPTIONS));
    const stop = interrupted();
    // Loaded by this command only: the others start faster.
    const { startEmbeddedAws } = await import('../../local/embedded-aws');
    const aws = await startEmbeddedAws(options);
    console.log(`Embedded AWS: ${aws.endpointUrl}`);
    console.log(`MQTT:         ${aws.mqttUrl}`);
    if (aws.tls !== undefined) console.log(`MQTT + TLS:   ${aws.tls.url}, CA ${aws.tls.caFile}`);
    const served = await serveConsole(aws, options.stackName);
    console.log(`Console:      ${served.url}`);
    for (const line of usageCommands(aws)) console.log(line);
    await stop;
    console.log('Stopping …');
    await served.close();
    await aws.close();
  });
};
