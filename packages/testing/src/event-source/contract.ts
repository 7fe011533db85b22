import { describe, expect, it } from 'vitest'
import type { Command } from '../runtimes/commands.ts'
import { CaseServer } from './case-server.ts'
import { type Bases, bundleEntry, runInChromium, runInProcess } from './runtimes.ts'
import type { CaseResult } from './suite.ts'

/** What a platform cannot do, by the case's name, with the reason. A case that passes all the same must leave the list. */
export type Limits = Record<string, string>

/** Run the suite in a runtime, and hold it to every case but the declared limits. */
export function eventSourceContract(name: string, limits: Limits, run: (bases: Bases) => Promise<CaseResult[]>): void {
  describe(`EventSource: ${name}`, () => {
    it('does as the standard says, but for declared limits', async () => {
      await using server = new CaseServer()
      await using other = new CaseServer()
      judge(name, limits, await run([await server.listen(), await other.listen()]))
    })
  })
}

/** The same in a process, which must live as long as a source does, and no longer. */
export function processContract(name: string, limits: Limits, command: Command): void {
  eventSourceContract(name, limits, (bases) => runInProcess(command, bases))

  it(`${name} lives on while nothing but a reconnection is waited for, and ends once that is closed`, async () => {
    expect(await runInProcess(command, ['', ''], 'lifetime')).toEqual([{ name: 'a second attempt' }])
  })
}

/** The same in a page, with the class of ours or the browser's own, or in a worker of that page. */
export async function runPage(path: string, kind: 'ours' | 'native' | 'worker'): Promise<CaseResult[]> {
  const script = await bundleEntry('page')
  const { promise, resolve } = Promise.withResolvers<CaseResult[]>()
  await using other = new CaseServer()
  await using server = new CaseServer({
    '/page': (_request, response) =>
      response
        .setHeader('content-type', 'text/html')
        .end('<!doctype html><meta charset=utf-8><script type="module" src="/page.js"></script>'),
    '/page.js': (_request, response) => response.setHeader('content-type', 'text/javascript').end(script),
    '/results': async (request, response) => {
      const chunks = await request.toArray()
      response.end()
      resolve(JSON.parse(Buffer.concat(chunks).toString()) as CaseResult[])
    },
  })
  const [base, otherBase] = [await server.listen(), await other.listen()]
  return await runInChromium(path, `${base}/page?otherBase=${otherBase}&${kind}`, promise)
}

/** Fail unless exactly the declared cases failed; print how many passed. */
export function judge(name: string, limits: Limits, results: CaseResult[]): void {
  const failed = results.filter(({ error }) => error !== undefined)
  console.log(`EventSource in ${name}: ${results.length - failed.length} of ${results.length} cases passed`)
  for (const each of failed) console.log(`  ${each.name}: ${limits[each.name] ?? each.error}`)
  expect(failed.filter((each) => !(each.name in limits))).toEqual([])
  expect(failed.map((each) => each.name).sort()).toEqual(Object.keys(limits).sort())
}
