import { defineConfig } from 'vitest/config'

const conditions = ['@holdfast/source', 'module', 'node']

/** The unit tests in one worker, until one of them fails: a start for each file takes longer than its tests. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['@holdfast/source'] } },
  test: {
    include: ['packages/*/test/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/*.runtime.test.ts'],
    bail: 1,
    isolate: false,
    maxWorkers: 1,
    // Of the run as a whole `mutate.mjs` judges.
    testTimeout: 60_000,
    // It goes by the file that is there, not by what the plugin makes of it.
    fsModuleCache: false,
  },
})
