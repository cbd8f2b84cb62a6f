import { useEffect, useReducer } from 'preact/hooks';
import type { Topic, TopicValue } from '../shared/topics';
import { follow, latestOf } from './live';

export interface Live<T> {
  readonly value?: T;
  readonly error?: string;
  readonly at?: number;
}

/**
 * What the server knows of a topic, kept up to date while the component is shown. The server of the same start sends what
 * the type of the topic says.
 */
export const useLive = <T extends Topic>(topic: T): Live<TopicValue<T>> => {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => follow(topic, () => redraw(undefined)), [topic]);
  return latestOf(topic) as Live<TopicValue<T>>;
};
