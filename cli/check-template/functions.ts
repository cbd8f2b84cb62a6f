import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { withGlobals } from '../../local/template/globals';
import { referencesIn } from '../../local/template/intrinsics';
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

/** Types that watch or describe a function, and never invoke it. */
const OBSERVERS = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::Dashboard'];

/** Whether something in the template invokes a function; if not, people and other systems do. */
const isInvoked = (template: Template, logicalId: string): boolean =>
  template.Resources[logicalId]?.Properties['Events'] !== undefined ||
  Object.values(template.Resources).some(
    ({ Type, Properties }) => !OBSERVERS.includes(Type) && referencesIn(Properties).includes(logicalId),
  );

/** No function without its handler, own role, dead-letter queue, and the log group; no failure that nobody sees. */
export const checkFunctions: Check = ({ root, template }) => {
  const alarms = resourcesOfType(template, 'AWS::CloudWatch::Alarm');
  const dashboards = resourcesOfType(template, 'AWS::CloudWatch::Dashboard').flatMap(([, { Properties }]) =>
    referencesIn(Properties),
  );
  const { LoggingConfig: logging } = template.Globals.Function;
  const group = targetOf(isRecord(logging) ? logging['LogGroup'] : undefined);
  return resourcesOfType(template, 'AWS::Serverless::Function').flatMap(([logicalId, resource]) => {
    const { Handler, Role, DeadLetterQueue, LoggingConfig, Events } = withGlobals(template, resource);
    const file = join(root, 'functions', String(Handler).replace(/\.\w+$/, '.ts'));
    const queue = targetOf(isRecord(DeadLetterQueue) ? DeadLetterQueue['TargetArn'] : undefined);
    const logs = targetOf(isRecord(LoggingConfig) ? LoggingConfig['LogGroup'] : undefined);
    const watched = alarms.some(([, { Properties }]) => {
      const { MetricName, Dimensions } = Properties;
      return MetricName === 'Errors' && asList(Dimensions).some((d) => isRecord(d) && refersTo(d['Value'], logicalId));
    });
    const problems = [
      ...(existsSync(file) ? [] : [`Handler: ${file} does not exist`]),
      ...(Role === undefined ? [] : ['Role: write Policies, of which SAM makes a role that no other function has']),
      ...(isType(template, queue, 'AWS::SQS::Queue') ? [] : ['DeadLetterQueue: failed events would be lost']),
      ...(isType(template, logs, 'AWS::Logs::LogGroup') &&
      'RetentionInDays' in (template.Resources[logs]?.Properties ?? {})
        ? []
        : ['LoggingConfig.LogGroup: a log group of the template with RetentionInDays is expected']),
      ...(logs === group ? [] : ['LoggingConfig.LogGroup: one query reads all functions only in the group of Globals']),
      ...(watched || isInvoked(template, logicalId)
        ? []
        : ['nothing in the template invokes it, so its callers alone see its errors: add an alarm on them']),
      ...(dashboards.includes(logicalId) ? [] : ['no dashboard shows its errors']),
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

/**
 * Namespace and metric of each line of a widget: "." repeats the value above, "..." all values.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
const withoutShorthand = (lines: readonly (readonly unknown[])[]) =>
  lines.reduce<(readonly [unknown, unknown])[]>((above, [namespace, metric]) => {
    const [lastNamespace, lastMetric] = above.at(-1) ?? [];
    const repeatsAll = namespace === '...';
    const line = [
      repeatsAll || namespace === '.' ? lastNamespace : namespace,
      repeatsAll || metric === '.' ? lastMetric : metric,
    ] as const;
    return [...above, line];
  }, []);

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
      return withoutShorthand(asList(isRecord(properties) ? properties['metrics'] : undefined).map(asList));
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
    ...(alarms.some(([, { Properties }]) => Properties['MetricName'] === 'Throttles' && !('Dimensions' in Properties))
      ? []
      : ['no alarm watches the throttles of all functions: Lambda metric Throttles without dimensions']),
    ...alarms
      .filter(([logicalId]) => !headings.some((heading) => heading.split(/[ ,]+/).includes(logicalId)))
      .map(([logicalId]) => `${logicalId}: docs/operations.md has no runbook, a heading "### ${logicalId}"`),
    ...ownMetrics(project)
      .filter((name) => !METRICS.includes(name))
      .map((name) => `metric ${name}: no function records it (functions/shared/metrics.ts)`),
  ];
};
