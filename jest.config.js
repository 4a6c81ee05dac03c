// Native ESM (run with --experimental-vm-modules, as `npm test` does); TypeScript through swc.
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/**/*.spec.ts'],
  modulePathIgnorePatterns: ['/dist/', '/.build/', '/.data/'],
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  transform: { '^.+\\.tsx?$': ['@swc/jest'] },
  moduleNameMapper: {
    '^@huike/shared/(.*)$': '<rootDir>/shared/$1.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
    '^content-disposition$': '<rootDir>/tests/rig/content-disposition.cjs',
  },
  globalSetup: '<rootDir>/tests/rig/global-setup.mjs',
  globalTeardown: '<rootDir>/tests/rig/global-teardown.mjs',
  testTimeout: 60_000,
  maxWorkers: 2,
  // Modules of a suite that ran are never let go of; a worker that holds so many
  // of them spends most of its time collecting garbage, and is replaced.
  workerIdleMemoryLimit: '800MB',
}
