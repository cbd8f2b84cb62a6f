import { withGlobals } from './globals';
import { referencesIn } from './intrinsics';
import { type Template, TemplateError } from './parse-template';

/**
 * The order in which resources can be created: each after those it refers to.
 * @throws TemplateError naming the ids of a cycle
 */
export const creationOrder = (template: Template): readonly string[] => {
  const order: string[] = [];
  const path: string[] = [];
  const visit = (logicalId: string): void => {
    const resource = template.Resources[logicalId];
    if (!resource || order.includes(logicalId)) return;
    if (path.includes(logicalId))
      throw new TemplateError(
        `Circular dependency: ${[...path.slice(path.indexOf(logicalId)), logicalId].join(' → ')}`,
      );
    path.push(logicalId);
    const { DependsOn = [] } = resource;
    for (const needed of [
      ...(typeof DependsOn === 'string' ? [DependsOn] : DependsOn),
      ...referencesIn(withGlobals(template, resource)),
    ])
      visit(needed);
    path.pop();
    order.push(logicalId);
  };
  for (const logicalId of Object.keys(template.Resources)) visit(logicalId);
  return order;
};
