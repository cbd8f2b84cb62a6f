import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['node_modules', '.build', '.aws-sam', '.local', 'coverage', 'proto/generated', '**/*.cjs', '**/*.mjs'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Numbers and booleans read well in messages.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // `return log.info(…)` is how a handler ends early.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      // Services are closures: nothing here uses `this` outside of classes.
      '@typescript-eslint/unbound-method': 'off',
      // A timer and the callback that cancels it need each other.
      'prefer-const': ['error', { ignoreReadBeforeAssign: true }],
      // JSON of unknown shape is turned into text on purpose, in messages for people.
      '@typescript-eslint/no-base-to-string': 'off',
      // Emulated operations are async by contract, whether or not today's implementation waits for something.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      'no-restricted-syntax': [
        'error',
        {
          selector: "MemberExpression[object.name='process'][property.name='env']",
          message: 'Only handler.ts, command lines and tests read process.env: pass values in.',
        },
      ],
    },
  },
  {
    files: ['functions/**/handler.ts', 'cli/**', 'tests/**', 'local/services/lambda/**'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: ['tests/**'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
);
