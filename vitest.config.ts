import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

// The workspace runs from source: see the export condition in each package.json.
const conditions = ['@holdfast/source', 'module', 'node']
const source = { resolve: { conditions }, ssr: { resolve: { conditions, externalConditions: ['@holdfast/source'] } } }
const runtimes = ['packages/testing/test/contract.*.test.ts', 'packages/**/test/**/*.runtime.test.ts']
// Each plays some 80 connections and 9 servers at once: beside others, Chromium runs out of sockets and a drain out of time.
const clients = ['packages/testing/test/{client,hostile}.{node,bun,deno,workerd,chromium,naive-list}.runtime.test.ts']
// What takes too long for every run: CONTRIBUTING.md.
const byHand = process.env['HOLDFAST_FULL'] === '1' ? [] : ['**/*.full.runtime.test.ts']
const packages = ['test/packages/**/*.test.ts']
// In projects of their own, from the packages as published.
const examples = ['packages/testing/test/examples.test.ts']
// Asks the registry for the packages' peers.
const outside = ['test/packages/{outside,jsr}.test.ts']
const browser = ['{apps,packages}/**/test/**/browser.*.test.ts']
// A package's folder of dependencies links to its siblings, so that their tests would be found there once more.
const dependencies = '**/node_modules/**'

// Real servers as child processes: generous limits, since the contract asks for a stream that is quiet for 30 s. What
// fails once is tried once more, since networks, kills and a busy machine are real here too; Vitest tells of it.
const real = { testTimeout: 300_000, hookTimeout: 120_000, retry: 1 }
const published = { globalSetup: 'test/packages/support/consumer.ts', testTimeout: 60_000, hookTimeout: 300_000 }
// Projects whose files run in different numbers at once need places of their own.
const place = (maxWorkers: number, groupOrder: number) => ({ maxWorkers, sequence: { groupOrder } })

// A fresh checkout knows no durations, and one worker must not be left with what is longest while the others have nothing.
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const isLong = ({ moduleId }: TestSpecification): boolean =>
      /\/(contract\.|event-source\.[cn]|exactly-once|simulator-random|plain\.|muted\.|sdks\.|examples\.|browser\.faults)[^/]*$/.test(
        moduleId,
      )
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))]
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    // `npm run coverage`: what the unit tests leave untouched. Contracts run in processes of their own and count nothing here.
    coverage: {
      provider: 'v8',
      include: ['packages/*/src/**/*.ts'],
      // Contracts, servers and proxies for tests: they measure, and are not measured.
      exclude: ['packages/testing/**'],
      reporter: ['text-summary', 'html'],
    },
    projects: [
      {
        ...source,
        test: {
          name: 'unit',
          include: ['packages/*/test/**/*.test.ts', 'apps/*/test/**/*.test.ts', 'test/*.test.ts'],
          exclude: [dependencies, ...runtimes, ...packages, ...examples, ...browser],
          // A hang is found all the same; simulations take several seconds on a busy machine.
          testTimeout: 60_000,
          ...place(2, 1),
        },
      },
      // They mostly wait, so more at once than the machine has cores, and a dozen cases of a contract.
      {
        ...source,
        test: {
          name: 'runtimes',
          include: runtimes,
          exclude: [dependencies, ...clients, ...byHand],
          ...real,
          ...place(4, 2),
          maxConcurrency: 12,
        },
      },
      // All cases of a file wait for one play: with fewer at once, each part of them would have a play of its own.
      { ...source, test: { name: 'clients', include: clients, ...real, ...place(2, 3), maxConcurrency: 100 } },
      // Two pages at once: one of them waits most of the time.
      {
        ...source,
        test: {
          name: 'browser',
          include: browser,
          testTimeout: 60_000,
          hookTimeout: 120_000,
          // A page shows some things once a second, and later on a busy machine: the second that Vitest waits is too short.
          expect: { poll: { timeout: 20_000 } },
          ...place(2, 5),
        },
      },
      // Beside the runtimes, since most of what they do is to be quiet for 35 s.
      { ...source, test: { name: 'examples', include: examples, ...real, ...place(4, 2), maxConcurrency: 12 } },
      // What is published, so from the build and without the source condition.
      { test: { name: 'packages', include: packages, exclude: [dependencies, ...outside], ...published } },
      { test: { name: 'outside', include: outside, ...published } },
    ],
  },
})
