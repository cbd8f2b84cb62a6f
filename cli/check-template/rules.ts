import { parseStatement } from '../../local/services/rules/sql/parser';
import { isRecord, resourcesOfType, type Check } from './project';
import { sampleDeployment } from './sample-deployment';

/** The SQL of every rule parses, its version is written down, and what its actions cannot deliver is kept. */
export const checkRules: Check = ({ template }) => {
  const deployment = sampleDeployment(template);
  return resourcesOfType(template, 'AWS::IoT::TopicRule').flatMap(([logicalId]) => {
    const payload = deployment.properties(logicalId)['TopicRulePayload'];
    const { Sql, AwsIotSqlVersion, ErrorAction, Actions } = isRecord(payload) ? payload : {};
    const problems: string[] = [];
    try {
      parseStatement(String(Sql));
    } catch (error) {
      problems.push(`Sql: ${error instanceof Error ? error.message : String(error)}`);
    }
    if (AwsIotSqlVersion !== '2016-03-23') problems.push('AwsIotSqlVersion: write "2016-03-23", in quotes');
    if (ErrorAction === undefined) problems.push('ErrorAction: without one, what an action cannot deliver is lost');
    if (!Array.isArray(Actions) || Actions.length === 0) problems.push('Actions: the rule does nothing');
    return problems.map((problem) => `${logicalId}.Properties.TopicRulePayload.${problem}`);
  });
};
