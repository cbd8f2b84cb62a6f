import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { withGlobals } from '../../local/template/globals';
import type { Template } from '../../local/template/parse-template';
import { COUNTS, GAUGES, LATENCIES, METRICS_NAMESPACE } from '../../functions/shared/metrics';
import { asList, isRecord, resourcesOfType, type Check, type Project } from './project';
import { sampleDeployment } from './sample-deployment';

/** Whether a value refers to a resource by Ref or GetAtt. */
const refersTo = (value: unknown, logicalId: string): boolean =>
  isRecord(value) &&
  (value['Ref'] === logicalId || JSON.stringify(value['Fn::GetAtt'] ?? '').includes(`"${logicalId}.`));

const targetOf = (value: unknown): string => {
  const { Ref, 'Fn::GetAtt': attribute } = isRecord(value) ? value : {};
  const [target] = Array.isArray(attribute) ? attribute.map(String) : String(attribute ?? Ref ?? '').split('.');
  return target ?? '';
};

const isType = (template: Template, logicalId: string, type: string) => template.Resources[logicalId]?.Type === type;

/** No function without its handler, role, dead-letter queue, log group with retention, and alarm; no event without redrive. */
export const checkFunctions: Check = ({ root, template }) => {
  const alarms = resourcesOfType(template, 'AWS::CloudWatch::Alarm');
  const roles = resourcesOfType(template, 'AWS::Serverless::Function').map(([, { Properties }]) =>
    targetOf(Properties['Role']),
  );
  return resourcesOfType(template, 'AWS::Serverless::Function').flatMap(([logicalId, resource]) => {
    const { Handler, Role, DeadLetterQueue, LoggingConfig, Events } = withGlobals(template, resource);
    const file = join(root, 'functions', String(Handler).replace(/\.\w+$/, '.ts'));
    const queue = targetOf(isRecord(DeadLetterQueue) ? DeadLetterQueue['TargetArn'] : undefined);
    const logs = targetOf(isRecord(LoggingConfig) ? LoggingConfig['LogGroup'] : undefined);
    const role = targetOf(Role);
    const watched = alarms.some(([, { Properties }]) =>
      asList(Properties['Metrics']).some((metric) => JSON.stringify(metric).includes(`{"Ref":"${logicalId}"}`)),
    );
    const problems = [
      ...(existsSync(file) ? [] : [`Handler: ${file} does not exist`]),
      ...(isType(template, role, 'AWS::IAM::Role') ? [] : ['Role: a role of the template is expected']),
      ...(roles.filter((other) => other === role).length === 1
        ? []
        : [`Role: ${role} is shared with another function`]),
      ...(isType(template, queue, 'AWS::SQS::Queue') ? [] : ['DeadLetterQueue: failed events would be lost']),
      ...(isType(template, logs, 'AWS::Logs::LogGroup') &&
      'RetentionInDays' in (template.Resources[logs]?.Properties ?? {})
        ? []
        : ['LoggingConfig.LogGroup: a log group of the template with RetentionInDays is expected']),
      ...(watched ? [] : ['no alarm watches it']),
      ...Object.entries(isRecord(Events) ? Events : {})
        .filter(
          ([, event]) =>
            !isRecord(event) || !isRecord(event['Properties']) || !isRecord(event['Properties']['RedrivePolicy']),
        )
        .map(([name]) => `Events.${name}: without RedrivePolicy, what SNS cannot deliver is lost`),
    ];
    return problems.map((problem) => `${logicalId}.${problem}`);
  });
};

const METRICS: readonly string[] = [...COUNTS, ...LATENCIES, ...GAUGES];

/** Names of the application's own metrics in alarms and dashboards. @throws SyntaxError for a dashboard that is not JSON */
const ownMetrics = ({ template }: Project): readonly string[] => {
  const deployment = sampleDeployment(template);
  const alarms = resourcesOfType(template, 'AWS::CloudWatch::Alarm').flatMap(([logicalId]) =>
    asList(deployment.properties(logicalId)['Metrics']).map((entry) => {
      const { MetricStat } = isRecord(entry) ? entry : {};
      const { Metric } = isRecord(MetricStat) ? MetricStat : {};
      return isRecord(Metric) ? [Metric['Namespace'], Metric['MetricName']] : [];
    }),
  );
  const widgets = resourcesOfType(template, 'AWS::CloudWatch::Dashboard').flatMap(([logicalId]) => {
    const body: unknown = JSON.parse(String(deployment.properties(logicalId)['DashboardBody']));
    return asList(isRecord(body) ? body['widgets'] : undefined).flatMap((widget) => {
      const { properties } = isRecord(widget) ? widget : {};
      return asList(isRecord(properties) ? properties['metrics'] : undefined).map(asList);
    });
  });
  return [...alarms, ...widgets]
    .filter(([namespace]) => namespace === METRICS_NAMESPACE)
    .map(([, metric]) => String(metric));
};

/** Everything else that is asynchronous keeps what it could not deliver, and every queue and alarm is looked after. */
export const checkOperations: Check = (project) => {
  const { template, runbooks } = project;
  const headings = runbooks.split('\n').filter((line) => line.startsWith('### '));
  const alarms = resourcesOfType(template, 'AWS::CloudWatch::Alarm');
  return [
    ...resourcesOfType(template, 'AWS::Events::Rule').flatMap(([logicalId, { Properties }]) =>
      asList(Properties['Targets']).flatMap((target, index) =>
        isRecord(target) && isRecord(target['DeadLetterConfig'])
          ? []
          : [`${logicalId}.Targets[${index}]: without DeadLetterConfig, what EventBridge cannot deliver is lost`],
      ),
    ),
    ...resourcesOfType(template, 'AWS::SQS::Queue')
      .filter(
        ([queue]) =>
          !alarms.some(([, { Properties }]) =>
            asList(Properties['Dimensions']).some((d) => isRecord(d) && refersTo(d['Value'], queue)),
          ),
      )
      .map(([queue]) => `${queue}: no alarm watches it`),
    ...resourcesOfType(template, 'AWS::Logs::LogGroup')
      .filter(([, { Properties }]) => !('RetentionInDays' in Properties))
      .map(([logicalId]) => `${logicalId}.RetentionInDays: logs would be kept, and paid for, for ever`),
    ...alarms
      .filter(([logicalId]) => !headings.some((heading) => heading.split(/[ ,]+/).includes(logicalId)))
      .map(([logicalId]) => `${logicalId}: docs/operations.md has no runbook, a heading "### ${logicalId}"`),
    ...ownMetrics(project)
      .filter((name) => !METRICS.includes(name))
      .map((name) => `metric ${name}: no function records it (functions/shared/metrics.ts)`),
  ];
};
