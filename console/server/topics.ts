import type { Operator } from '../../operate/operator';
import { describeDefinition } from '../../operate/steps/definition';
import type { StackView, TopicKind, TopicValues } from '../shared/topics';
import { parseFlow } from './asl-graph';
import { deviceTopics } from './device-topics';
import { layoutFlow } from './graph-layout';
import { keep } from './keep';
import type { Topic } from './live';
import { rolloutTopics } from './rollout-topics';
import { every, type Loader, type Loaders } from './topic-loader';

const loadersOf = (operator: Operator, stack: StackView): Loaders => {
  const drawings = keep(2, (definition: string) => layoutFlow(parseFlow(definition)));
  return {
    stack: { pauseAfter: every(600_000), load: async () => stack },
    // As it is deployed now, not as it is in the project.
    machine: {
      pauseAfter: every(60_000),
      load: async () => drawings.get((await describeDefinition(operator)).text),
    },
    ...rolloutTopics(operator),
    ...deviceTopics(operator),
  };
};

// Without K the loader's value and its pause would be of any kinds.
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
const topicOf = <K extends TopicKind>(loaders: Loaders, kind: K, parameters: URLSearchParams): Topic => {
  const { load, pauseAfter, isHeadline = false }: Loader<TopicValues[K]> = loaders[kind];
  return {
    isHeadline,
    load: async () => {
      const value = await load(parameters);
      return { value, pauseMs: pauseAfter(value) };
    },
  };
};

const isKind = (loaders: Loaders, kind: string): kind is TopicKind => Object.hasOwn(loaders, kind);

/** What pages can follow, by the name of a topic; undefined for what is none. */
export const createTopics = (operator: Operator, stack: StackView): ((name: string) => Topic | undefined) => {
  const loaders = loadersOf(operator, stack);
  return (name) => {
    const [kind = '', query = ''] = name.split(/\?(.*)/s);
    if (!isKind(loaders, kind)) return undefined;
    return topicOf(loaders, kind, new URLSearchParams(query));
  };
};
