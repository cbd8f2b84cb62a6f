declare module 'asl-validator' {
  /** Validates an Amazon States Language definition. */
  export default function validate(definition: object): { isValid: boolean; errors: readonly unknown[] };
}
