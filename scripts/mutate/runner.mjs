/**
 * Runs the tests again and again in one Vitest that stays: only the file that was changed is read anew.
 *
 * A process of its own, since a change may make a loop endless: `mutate.mjs` sends it `{ path, code }`, hears whether the
 * tests passed, and kills it where it takes too long.
 */
import { createVitest } from 'vitest/node'

/** The file that is taken from elsewhere: nothing in the checkout is touched. */
let mutant = { path: '', code: '' }
const plugin = { name: 'mutant', enforce: 'pre', load: (id) => (id === mutant.path ? mutant.code : undefined) }

/** What noticed a change before is asked first. */
const noticed = new Map()
class BestFirst {
  sort(files) {
    const scoreOf = ({ moduleId }) => noticed.get(moduleId) ?? 0
    return files.toSorted((a, b) => scoreOf(b) - scoreOf(a))
  }
  shard(files) {
    return files
  }
}

const vitest = await createVitest(
  'test',
  { config: 'scripts/mutate/vitest.config.mjs', watch: false, reporters: [{}], sequence: { sequencer: BestFirst } },
  { plugins: [plugin] },
)
const specifications = await vitest.globTestSpecifications(process.argv.slice(2))

process.on('message', async (next) => {
  for (const path of [mutant.path, next.path]) vitest.invalidateFile(path)
  mutant = next
  // The failures of the run before would end this one at once.
  vitest.state.filesMap.clear()
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications)
  const failed = testModules.filter((module) => !module.ok())
  for (const { moduleId } of failed) noticed.set(moduleId, (noticed.get(moduleId) ?? 0) + 1)
  process.send({ passed: specifications.length > 0 && failed.length === 0 && unhandledErrors.length === 0 })
})
process.on('disconnect', () => process.exit())
process.send('ready')
