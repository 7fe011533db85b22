import { defineConfig } from 'vitest/config'

// The workspace runs from source: see the export condition in each package.json.
const conditions = ['@holdfast/source', 'module', 'node']
const source = { resolve: { conditions }, ssr: { resolve: { conditions, externalConditions: ['@holdfast/source'] } } }
const runtimes = ['packages/testing/test/contract.*.test.ts', 'packages/**/test/**/*.runtime.test.ts']
// Not settled yet, so not a part of `npm test`: npm run test:unsettled
const unsettled = ['packages/testing/test/contract.workerd-hub.test.ts']
const packages = ['test/packages/**/*.test.ts']
const browser = ['apps/**/test/**/browser.*.test.ts']
// A package's folder of dependencies links to its siblings, so that their tests would be found there once more.
const dependencies = '**/node_modules/**'

export default defineConfig({
  test: {
    projects: [
      {
        ...source,
        test: { name: 'unit', include: ['packages/*/test/**/*.test.ts', 'apps/*/test/**/*.test.ts', 'test/*.test.ts'], exclude: [dependencies, ...runtimes, ...packages, ...browser] },
      },
      // Real servers as child processes: generous limits, since the contract asks for a stream that is quiet for 30 s. What
      // fails once is tried once more, since networks, kills and a busy machine are real here too; Vitest tells of it.
      { ...source, test: { name: 'runtimes', include: runtimes, exclude: [dependencies, ...unsettled], testTimeout: 120_000, hookTimeout: 60_000, retry: 1 } },
      { ...source, test: { name: 'unsettled', include: unsettled, testTimeout: 120_000, hookTimeout: 60_000 } },
      { ...source, test: { name: 'browser', include: browser, testTimeout: 60_000, hookTimeout: 60_000 } },
      // What is published, so from the build and without the source condition.
      { test: { name: 'packages', include: packages, globalSetup: 'test/packages/support/consumer.ts', testTimeout: 60_000 } },
    ],
  },
})
