import validate from 'asl-validator';
import { isRecord, resourcesOfType, type Check } from './project';

const SAMPLES = { number: '60', text: 'arn:aws:states:::sample' };

/** Definitions are valid Amazon States Language once their substitutions are made, and exactly those are given. */
export const checkStateMachines: Check = ({ template, definitions }) =>
  resourcesOfType(template, 'AWS::Serverless::StateMachine').flatMap(([logicalId, { Properties }]) => {
    const file = String(Properties['DefinitionUri']);
    const text = definitions.get(file) ?? '';
    const given = isRecord(Properties['DefinitionSubstitutions'])
      ? Object.keys(Properties['DefinitionSubstitutions'])
      : [];
    const wanted = [...new Set([...text.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name))];
    const substitutions = [
      ...wanted.filter((name) => !given.includes(name)).map((name) => `${file} wants a value for ${name}`),
      ...given.filter((name) => !wanted.includes(name)).map((name) => `${file} does not use ${name}`),
    ].map((problem) => `${logicalId}.Properties.DefinitionSubstitutions: ${problem}`);
    const filled = text.replace(/\$\{(\w+)\}/g, (_, name: string) =>
      name.endsWith('Seconds') ? SAMPLES.number : SAMPLES.text,
    );
    let definition: unknown;
    try {
      definition = JSON.parse(filled);
    } catch (error) {
      return [...substitutions, `${file}: not JSON: ${String(error)}`];
    }
    const { errors } = validate(isRecord(definition) ? definition : {});
    return [...substitutions, ...errors.map((error) => `${file}: ${JSON.stringify(error)}`)];
  });
