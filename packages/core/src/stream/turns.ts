import type { Environment } from '../environment.ts'

/**
 * How to ask for `run` to be called after the turn, in the request that calls this function.
 *
 * On Workers a timer dies with the request that set it. Had a `send` in another request set the one that flushes a stream,
 * the stream would never be flushed again. A promise's reactions run in the request that waits for it (workerd
 * 1.20261117, from compatibility date 2024-10-14 on), so there it is asked for by resolving one.
 */
export function turnsOf(environment: Environment, run: () => void): () => void {
  if (!environment.requestScoped) return () => environment.afterTurn(run)
  let ask = (): void => {}
  const wait = (): void => {
    const asked = new Promise<void>((resolve) => (ask = resolve))
    void asked.then(() => {
      wait()
      environment.afterTurn(run)
    })
  }
  wait()
  return () => ask()
}
