import type { OperationModel } from './service-model';

/** An operation found by method and path, with the labels of its template decoded. */
export interface RouteMatch {
  readonly operation: OperationModel;
  readonly labels: Readonly<Record<string, string>>;
}

interface Route {
  readonly operation: OperationModel;
  readonly labelNames: readonly string[];
  /** Query parameters that the template requires, e.g. `?list-type=2`. */
  readonly query: readonly (readonly [string, string])[];
}

/** A position in a path and what may follow it. */
interface PathNode {
  readonly literals: Map<string, PathNode>;
  label: PathNode | undefined;
  readonly routes: Route[];
  /** Routes whose last label takes the rest of the path (`{Key+}`). */
  readonly greedy: Route[];
}

const emptyNode = (): PathNode => ({ literals: new Map(), label: undefined, routes: [], greedy: [] });

const splitPath = (path: string): readonly string[] => path.split('/').filter((segment) => segment !== '');

const add = (root: PathNode, operation: OperationModel, uri: string): void => {
  const [path = '', queryText = ''] = uri.split('?');
  const labelNames: string[] = [];
  const query = [...new URLSearchParams(queryText)];
  const byRequirements = (a: Route, b: Route) => b.query.length - a.query.length;
  let node = root;
  for (const segment of splitPath(path)) {
    if (!segment.startsWith('{')) {
      const next = node.literals.get(segment) ?? emptyNode();
      node.literals.set(segment, next);
      node = next;
      continue;
    }
    const isGreedy = segment.endsWith('+}');
    labelNames.push(segment.slice(1, isGreedy ? -2 : -1));
    if (isGreedy) {
      node.greedy.push({ operation, labelNames, query });
      node.greedy.sort(byRequirements);
      return;
    }
    node.label ??= emptyNode();
    node = node.label;
  }
  node.routes.push({ operation, labelNames, query });
  node.routes.sort(byRequirements);
};

const choose = (routes: readonly Route[], query: URLSearchParams): Route | undefined =>
  routes.find((route) => route.query.every(([name, value]) => query.has(name) && query.get(name) === value));

type Found = { readonly route: Route; readonly values: readonly string[] };

const find = (
  node: PathNode,
  segments: readonly string[],
  at: number,
  values: readonly string[],
  query: URLSearchParams,
): Found | undefined => {
  const segment = segments[at];
  if (segment === undefined) {
    const route = choose(node.routes, query);
    return route && { route, values };
  }
  const literal = node.literals.get(segment);
  const found =
    (literal && find(literal, segments, at + 1, values, query)) ??
    (node.label && find(node.label, segments, at + 1, [...values, segment], query));
  if (found) return found;
  const greedy = choose(node.greedy, query);
  return greedy && { route: greedy, values: [...values, segments.slice(at).join('/')] };
};

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** Compiles the URI templates of a REST service into a lookup. Literal segments win over labels. */
export const createRoutes = (operations: Iterable<OperationModel>) => {
  const roots = new Map<string, PathNode>();
  for (const operation of operations) {
    if (!operation.http) continue;
    const root = roots.get(operation.http.method) ?? emptyNode();
    roots.set(operation.http.method, root);
    add(root, operation, operation.http.uri);
  }
  return (method: string, path: string, query: URLSearchParams): RouteMatch | undefined => {
    const root = roots.get(method);
    const found = root && find(root, splitPath(path), 0, [], query);
    if (!found) return undefined;
    const { route, values } = found;
    const labels = Object.fromEntries(route.labelNames.map((name, index) => [name, decode(values[index] ?? '')]));
    return { operation: route.operation, labels };
  };
};
