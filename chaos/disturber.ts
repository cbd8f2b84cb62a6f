import type { CallFault, Delivery, Disturbance, Invocation, RoleCall } from '../local/core/disturbance';
import { createDice, type Dice } from './dice';
import { callKey, deliveryKey, invocationKey } from './keys';
import type { Kind } from './kinds';
import { serverError, throttled } from './service-errors';

/** How many were injected: by kind, then by where. */
export type Counts = Readonly<Partial<Record<Kind, Readonly<Record<string, number>>>>>;

export interface Disturber extends Disturbance {
  /** The platform misbehaves from now on. */
  begin(): void;
  /** The platform is well from now on. */
  heal(): void;
  counts(): Counts;
}

export interface DisturberOptions {
  readonly seed: number;
  readonly kinds: readonly Kind[];
  /** Shortens what differs between runs, such as ids of jobs, to what does not. */
  readonly stable: (key: string) => string;
  /** Calls that are left alone. */
  readonly spares: (call: RoleCall) => boolean;
}

type CallKind = Extract<Kind, 'throttle' | 'server-error' | 'no-answer' | 'timeout' | 'exit'>;

/** Shares of the calls that go wrong; for the rest of 1, nothing does. */
const CALL_RATES: Readonly<Record<CallKind, number>> = {
  throttle: 0.015,
  'server-error': 0.012,
  'no-answer': 0.012,
  exit: 0.012,
  timeout: 0.004,
};
/**
 * Some calls go wrong again and again: more often than the SDK tries (three times), or than the SDK and Lambda do together (nine),
 * so that the event is a dead letter.
 */
const SPELLS = [
  { rate: 0.004, length: 12 },
  { rate: 0.02, length: 4 },
] as const;
const SPELL_KINDS: readonly CallKind[] = ['throttle', 'server-error', 'no-answer'];

const REPEAT_RATE = 0.15;
const DELAY_RATE = 0.2;
const LONGEST_DELAY_MS = 3_000;
/** A device or broker that sees no acknowledgement sends again soon. */
const LONGEST_RESEND_MS = 150;
const COLD_START_RATE = 0.01;

export const createDisturber = ({ seed, kinds, stable, spares }: DisturberOptions): Disturber => {
  const dice: Dice = createDice(seed);
  const counts: Partial<Record<Kind, Record<string, number>>> = {};
  let active = false;
  const count = (kind: Kind, place: string) => {
    const ofKind = (counts[kind] ??= {});
    ofKind[place] = (ofKind[place] ?? 0) + 1;
  };
  const has = (kind: Kind) => kinds.includes(kind);

  const faultOf = (kind: CallKind, { service, operation }: RoleCall, isAfter: boolean): CallFault => {
    const takesEffect = isAfter && kind !== 'throttle';
    count(kind, `${service}:${operation}${takesEffect ? ', done' : ''}`);
    switch (kind) {
      case 'throttle':
        return { takesEffect, answer: throttled(service) };
      case 'server-error':
        return { takesEffect, answer: serverError(service) };
      case 'no-answer':
        return { takesEffect, answer: 'none' };
      case 'timeout':
      case 'exit':
        return { takesEffect, answer: kind };
    }
  };

  /** The kind of a spell that a key is in, if it is. */
  const spellOf = (key: string, before: number): CallKind | undefined => {
    const draw = dice.always(key, 'spell');
    const spell = SPELLS.find(({ rate }) => draw < rate);
    if (!spell || before >= spell.length) return undefined;
    return SPELL_KINDS[Math.floor(dice.always(key, 'spell kind') * SPELL_KINDS.length)];
  };

  const call = (made: RoleCall): CallFault | undefined => {
    if (!active || spares(made)) return undefined;
    const key = stable(callKey(made));
    const { count: before, number } = dice.throwFor(key);
    const isAfter = number('after') < 0.5;
    const spell = spellOf(key, before);
    if (spell && has(spell)) return faultOf(spell, made, isAfter);
    let draw = number('fault');
    for (const kind of Object.keys(CALL_RATES) as readonly CallKind[]) {
      const isOfRuntime = kind === 'exit' || kind === 'timeout';
      if (draw < CALL_RATES[kind])
        return has(kind) && (made.invocation || !isOfRuntime) ? faultOf(kind, made, isAfter) : undefined;
      draw -= CALL_RATES[kind];
    }
    return undefined;
  };

  const placeOf = (delivery: Delivery) => (delivery.kind === 'event' ? delivery.functionName : delivery.kind);

  const deliver = (delivery: Delivery): readonly number[] => {
    if (!active) return [0];
    const { number } = dice.throwFor(stable(deliveryKey(delivery)));
    const isMqtt = delivery.kind === 'from-device' || delivery.kind === 'to-device';
    const later = (name: string, longest: number) => Math.ceil(number(name) ** 2 * longest);
    // What arrives over one connection arrives in order.
    const isDelayed = has('delay') && delivery.kind !== 'from-device' && number('delay') < DELAY_RATE;
    const isRepeated = has('repeat') && number('repeat') < REPEAT_RATE;
    const place = placeOf(delivery);
    if (isDelayed) count('delay', place);
    if (isRepeated) count('repeat', place);
    const copies = isRepeated ? (number('copies') < 0.5 ? ['second'] : ['second', 'third']) : [];
    const first = isDelayed ? later('first', LONGEST_DELAY_MS) : 0;
    const copyAt = (name: string) => (isMqtt ? first + later(name, LONGEST_RESEND_MS) : later(name, LONGEST_DELAY_MS));
    return [first, ...copies.map(copyAt)];
  };

  const isColdStart = (invocation: Invocation): boolean => {
    if (!active || !has('cold-start')) return false;
    const { number } = dice.throwFor(stable(`start ${invocationKey(invocation)}`));
    const isCold = number('cold') < COLD_START_RATE;
    if (isCold) count('cold-start', invocation.functionName);
    return isCold;
  };

  return {
    ...{ call, deliver, isColdStart },
    begin: () => (active = true),
    heal: () => (active = false),
    counts: () => counts,
  };
};
