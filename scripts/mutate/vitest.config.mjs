import { readFileSync } from 'node:fs'
import { defineConfig } from 'vitest/config'

const { MUTATED_FILE, MUTATED_CODE } = process.env
const conditions = ['@holdfast/source', 'module', 'node']

/** The unit tests with one file taken from elsewhere: nothing in the checkout is touched. */
export default defineConfig({
  plugins: [
    {
      name: 'mutant',
      enforce: 'pre',
      load: (id) => (id === MUTATED_FILE ? readFileSync(MUTATED_CODE, 'utf8') : undefined),
    },
  ],
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['@holdfast/source'] } },
  test: {
    include: ['packages/*/test/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/*.runtime.test.ts'],
    bail: 1,
    maxWorkers: 1,
    // It goes by the file that is there, not by what the plugin makes of it.
    fsModuleCache: false,
  },
})
