import type { TopicFilter } from '../../mqtt/topic-filter';

export type BinaryOperator = 'AND' | 'OR' | '=' | '<>' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*' | '/' | '%' | 'IN';

/** Types for `cast(x AS …)`. */
export type CastType = 'String' | 'Int' | 'Decimal' | 'Boolean';

/** Where the protobuf schema of a `decode(…, 'proto', …)` is. */
export interface ProtoReference {
  readonly bucket: string;
  readonly key: string;
  readonly protoFile: string;
  readonly messageType: string;
}

export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null | undefined }
  | { readonly kind: 'array'; readonly items: readonly Expression[] }
  | { readonly kind: 'object'; readonly entries: readonly (readonly [string, Expression])[] }
  /** The whole payload. */
  | { readonly kind: 'star' }
  /** A field of the payload, or of the element in a nested query. */
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'member'; readonly of: Expression; readonly key: Expression }
  | { readonly kind: 'not' | 'negate' | 'exists'; readonly operand: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'cast'; readonly operand: Expression; readonly type: CastType }
  | { readonly kind: 'proto'; readonly operand: Expression; readonly schema: ProtoReference }
  | {
      readonly kind: 'case';
      readonly subject: Expression;
      readonly whens: readonly { readonly match: Expression; readonly result: Expression }[];
      readonly otherwise?: Expression;
    }
  | { readonly kind: 'query'; readonly select: SelectList; readonly from: Expression; readonly where?: Expression };

/** `SELECT VALUE x`, or a list of `*` and named values; a name `a.b` makes nested objects. */
export type SelectList =
  | { readonly kind: 'value'; readonly value: Expression }
  | { readonly kind: 'items'; readonly items: readonly SelectItem[] };

export type SelectItem =
  | { readonly kind: 'all' }
  | { readonly kind: 'named'; readonly path: readonly string[]; readonly value: Expression };

export interface Statement {
  readonly variables: ReadonlyMap<string, Expression>;
  readonly select: SelectList;
  readonly from: TopicFilter;
  readonly where?: Expression;
  /** Every protobuf schema that the statement needs. */
  readonly schemas: readonly ProtoReference[];
}
