// Type-aware rules for TypeScript, a few plain ones for scripts. What the rules hold up are the
// promises of the code: nothing floats, switches are exhaustive, types are told from values.
import { defineConfig } from 'eslint/config'
import tseslint from 'typescript-eslint'

const PLAIN_RULES = {
  eqeqeq: ['error', 'always', { null: 'ignore' }],
  'no-constant-condition': ['error', { checkLoops: false }],
  'no-dupe-keys': 'error',
  'no-fallthrough': 'error',
  'no-self-compare': 'error',
  'no-unreachable': 'error',
  'no-unsafe-finally': 'error',
  'no-var': 'error',
  'object-shorthand': 'error',
  'prefer-const': 'error',
  'prefer-promise-reject-errors': 'error',
}

const FUNCTION_LINES_MAX = 70
// Markup is long without being complicated.
const COMPONENT_LINES_MAX = 120

const TYPED_RULES = {
  'max-lines-per-function': functionLines(FUNCTION_LINES_MAX),
  '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-misused-promises': 'error',
  // A union that gains a member must be thought about everywhere it is switched on.
  '@typescript-eslint/switch-exhaustiveness-check': [
    'error',
    { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: false },
  ],
  '@typescript-eslint/restrict-template-expressions': [
    'error',
    { allowNumber: true, allowBoolean: true },
  ],
  // `() => doIt()` is the short way to say it when nothing uses the value.
  '@typescript-eslint/no-confusing-void-expression': [
    'error',
    { ignoreArrowShorthand: true, ignoreVoidOperator: true, ignoreVoidReturningFunctions: true },
  ],
  // Modules of NestJS are classes with nothing but a decorator.
  '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
  '@typescript-eslint/no-unnecessary-type-arguments': 'off',
  // Entities are records that TypeORM fills: copying one by its fields is what is meant.
  '@typescript-eslint/no-misused-spread': 'off',
  '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
  // Amounts are branded numbers, and -amount is a number.
  '@typescript-eslint/no-unsafe-unary-minus': 'off',
  // A method that must be async to fit its interface need not await.
  '@typescript-eslint/require-await': 'off',
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
  // Checks of what "cannot be" are wanted where the value comes from outside the types.
  '@typescript-eslint/no-unnecessary-condition': 'off',
  // A generic that only names what comes back is how answers are typed by their contract.
  '@typescript-eslint/no-unnecessary-type-parameters': 'off',
  '@typescript-eslint/no-deprecated': 'warn',
}

// `expect(service.method)` and awaited non-promises are ordinary in tests, and a suite is long and
// still one thought.
const TEST_RULES = {
  'max-lines-per-function': 'off',
  '@typescript-eslint/no-non-null-assertion': 'off',
  '@typescript-eslint/unbound-method': 'off',
  '@typescript-eslint/await-thenable': 'off',
  '@typescript-eslint/no-explicit-any': 'off',
  // Answers are read as they come, and then compared with what is expected.
  '@typescript-eslint/no-unsafe-argument': 'off',
  '@typescript-eslint/no-unsafe-assignment': 'off',
  '@typescript-eslint/no-unsafe-call': 'off',
  '@typescript-eslint/no-unsafe-member-access': 'off',
  '@typescript-eslint/no-unsafe-return': 'off',
}

export default defineConfig(
  {
    ignores: [
      '**/dist/',
      '**/node_modules/',
      '.build/',
      '.data/',
      '**/*.d.ts',
      'miniapp/babel.config.js',
      'tests/house/fixtures/',
    ],
  },
  { files: ['**/*.{js,mjs,cjs}'], rules: PLAIN_RULES },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
      },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: { ...PLAIN_RULES, ...TYPED_RULES },
  },
  {
    files: ['**/*.tsx'],
    rules: { 'max-lines-per-function': functionLines(COMPONENT_LINES_MAX) },
  },
  // Pages are built from functions that close over what they need; there is no `this` to lose.
  {
    files: ['{miniapp,server/console,pos-agent/cashier}/src/**'],
    rules: { '@typescript-eslint/unbound-method': 'off' },
  },
  // Bundler settings run outside the programs, so no project includes them.
  {
    files: ['**/vite.config.ts', 'scripts/page-build.ts'],
    ...tseslint.configs.disableTypeChecked,
  },
  { files: ['**/*.spec.ts', 'tests/**/*.ts'], rules: TEST_RULES },
)

function functionLines(max) {
  return ['error', { max, skipBlankLines: true, skipComments: true }]
}
