/**
 * What the standard says of `EventSource`, as named cases that any runtime can run: no test runner, no Node.
 *
 * Source: WHATWG HTML, "Server-sent events", and Web IDL. Written from their text.
 */
import { closing } from './cases/closing.ts'
import { connecting } from './cases/connecting.ts'
import { construction } from './cases/construction.ts'
import { customFetch } from './cases/custom-fetch.ts'
import { handlers } from './cases/handlers.ts'
import { hostile } from './cases/hostile.ts'
import { interfaceShape } from './cases/interface-shape.ts'
import { interpreting } from './cases/interpreting.ts'
import { readableStream } from './cases/readable-stream.ts'
import { reconnecting } from './cases/reconnecting.ts'
import { Context, type EventSourceCase, type EventSourceClass } from './context.ts'

const cases: EventSourceCase[] = [
  ...interfaceShape,
  ...construction,
  ...handlers,
  ...connecting,
  ...interpreting,
  ...reconnecting,
  ...closing,
  ...customFetch,
  ...readableStream,
  ...hostile,
]

/** How a case went: without an error it passed. */
export interface CaseResult {
  name: string
  error?: string
}

/** What the suite needs: the class, and two servers. */
export interface SuiteOptions {
  EventSource: EventSourceClass
  base: string
  otherBase: string
  /** A browser's own class has nothing that is only ours. */
  native?: boolean
}

/** Run every case that applies here. Few at a time, since browsers open no more than six connections to a server. */
export async function runSuite({ EventSource, base, otherBase, native = false }: SuiteOptions): Promise<CaseResult[]> {
  const chosen = cases.filter(({ ours = false, applies }) => !(ours && native) && (applies?.() ?? true))
  const results: CaseResult[] = chosen.map(({ name }) => ({ name }))
  let next = 0
  const work = async (): Promise<void> => {
    for (let index = next++; index < chosen.length; index = next++) {
      const context = new Context(EventSource, base, otherBase)
      try {
        await chosen[index]?.run(context)
      } catch (error) {
        const result = results[index]
        if (result) result.error = error instanceof Error ? error.message : String(error)
      }
      context.finish()
    }
  }
  await Promise.all([work(), work(), work()])
  return results
}
