import { topicFilter } from '../../../local/services/mqtt/topic-filter';

describe('topic filters', () => {
  test.each([
    ['a/b', 'a/b', true],
    ['a/b', 'a/b/c', false],
    ['a/+', 'a/b', true],
    ['a/+', 'a/', true],
    ['a/+', 'a', false],
    ['a/+/c', 'a/b/c', true],
    ['a/#', 'a/', true],
    ['a/#', 'a', false],
    ['a/#', 'a/b/c', true],
    ['a/#', 'ab', false],
    ['#', 'a/b', true],
    ['#', '$aws/things', false],
    ['+/things', '$aws/things', false],
    ['$aws/#', '$aws/things', true],
  ])('%s against %s: %s', (filter, topic, expected) => {
    expect(topicFilter(filter).matches(topic.split('/'))).toBe(expected);
  });

  test.each([
    ['a/b+', /"b\+"/],
    ['a/#/b', /last segment/],
    ['', /empty/],
  ])('%s is refused', (filter, problem) => {
    expect(() => topicFilter(filter)).toThrow(problem);
  });
});
