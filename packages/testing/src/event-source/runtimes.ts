import { bundle } from '../runtimes/bundle.ts'
import type { Command } from '../runtimes/commands.ts'
import { startPage, startScript, startWorker } from '../runtimes/start.ts'
import type { CaseResult } from './suite.ts'

/** The URLs of the two case servers. */
export type Bases = [base: string, otherBase: string]

const suiteTime = 90_000

/** A runtime that runs a script and ends by itself: one that does not has a timer or a socket left. */
export async function runInProcess(
  command: Command,
  bases: Bases,
  entry: 'process' | 'lifetime' = 'process',
): Promise<CaseResult[]> {
  await using script = await startScript(command, await bundleEntry(entry), bases)
  const { process } = script
  const late = new Promise<'late'>((resolve) => setTimeout(resolve, suiteTime, 'late').unref())
  const code = await Promise.race([process.exited, late])
  const json = /^results (.*)$/m.exec(process.output)?.[1]
  if (json === undefined || code !== 0)
    throw new Error(`Cannot run the suite with ${command.command}: ${code}\n${process.output.slice(-5_000)}`)
  return JSON.parse(json) as CaseResult[]
}

export async function runInWorkerd([base, otherBase]: Bases): Promise<CaseResult[]> {
  await using worker = await startWorker(await bundleEntry('worker'))
  const response = await fetch(`${worker.url}/?base=${base}&otherBase=${otherBase}`, {
    signal: AbortSignal.timeout(suiteTime),
  })
  return (await response.json()) as CaseResult[]
}

/** A page in Chromium, which sends its results to the server it came from. */
export async function runInChromium(path: string, page: string, results: Promise<CaseResult[]>): Promise<CaseResult[]> {
  await using browser = await startPage(path, page)
  const { exited } = browser.process
  const gone = exited.then((code) =>
    Promise.reject(new Error(`Chromium exited with ${code}\n${browser.process.output.slice(-5_000)}`)),
  )
  const late = new Promise<never>((_, reject) =>
    setTimeout(reject, suiteTime, new Error(`No results in ${suiteTime} ms`)).unref(),
  )
  const done = await Promise.race([results, gone, late])
  gone.catch(() => {})
  return done
}

/** One of the entries as a module of its own. */
export function bundleEntry(entry: 'process' | 'lifetime' | 'worker' | 'page'): Promise<Uint8Array> {
  return bundle(
    new URL(`./entries/${entry}.ts`, import.meta.url),
    entry === 'process' || entry === 'lifetime' ? 'node' : 'browser',
  )
}
