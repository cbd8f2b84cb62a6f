import validate from 'asl-validator';
import { substituted } from '../../local/template/substitutions';
import { isRecord, resourcesOfType, type Check } from './project';
import { sampleDeployment } from './sample-deployment';

/** Definitions are valid Amazon States Language once their substitutions are made, and exactly those are given. */
export const checkStateMachines: Check = ({ template, definitions }) => {
  const deployment = sampleDeployment(template);
  return resourcesOfType(template, 'AWS::Serverless::StateMachine').flatMap(([logicalId, { Properties }]) => {
    const file = String(Properties['DefinitionUri']);
    const text = definitions.get(file) ?? '';
    const values = deployment.properties(logicalId)['DefinitionSubstitutions'];
    const samples = isRecord(values) ? values : {};
    const given = Object.keys(samples);
    const wanted = new Set<string>();
    const filled = substituted(text, (name) => {
      wanted.add(name);
      return String(samples[name]);
    });
    const substitutions = [
      ...[...wanted].filter((name) => !given.includes(name)).map((name) => `${file} wants a value for ${name}`),
      ...given.filter((name) => !wanted.has(name)).map((name) => `${file} does not use ${name}`),
    ].map((problem) => `${logicalId}.Properties.DefinitionSubstitutions: ${problem}`);
    let definition: unknown;
    try {
      definition = JSON.parse(filled);
    } catch (error) {
      return [...substitutions, `${file}: not JSON: ${String(error)}`];
    }
    const { errors } = validate(isRecord(definition) ? definition : {});
    return [...substitutions, ...errors.map((error) => `${file}: ${JSON.stringify(error)}`)];
  });
};
