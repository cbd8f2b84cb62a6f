/** The drawing of a state machine, in CSS pixels from its upper left corner. */

export type EdgeKind = 'next' | 'choice' | 'default' | 'catch';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface GraphState {
  readonly name: string;
  /** The name, in two lines if it is long. */
  readonly lines: readonly string[];
  /** `Type` of the state; a Parallel or Map state is the frame of the states inside it. */
  readonly type: string;
  readonly comment: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly isFrame: boolean;
  /** The frame that it is in. */
  readonly within?: string;
  readonly isStart: boolean;
  /** Nothing follows in its branch. */
  readonly isEnd: boolean;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: EdgeKind;
  /** Errors of a Catch; empty otherwise. */
  readonly label: string;
  readonly points: readonly Point[];
}

export interface StateGraph {
  readonly width: number;
  readonly height: number;
  readonly states: readonly GraphState[];
  readonly edges: readonly GraphEdge[];
}
