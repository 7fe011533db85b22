import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const file = fileURLToPath(new URL('watchers.ts', import.meta.url))

/** Readers who note how long each event took to them, in a process of their own. */
export class Audience implements Disposable {
  readonly #child: ChildProcess

  private constructor(child: ChildProcess) {
    this.#child = child
  }

  /** Resolves once all have the head of their stream. */
  static async open(port: number, readers: number): Promise<Audience> {
    const child = fork(file, [port, readers].map(String))
    const gone = once(child, 'exit').then(([code]) => {
      throw new Error(`The readers' process has ended with ${code}`)
    })
    await Promise.race([once(child, 'message'), gone])
    gone.catch(() => {})
    return new Audience(child)
  }

  /** What has come since it was last asked: the delay of each delivery, in microseconds. */
  async delays(): Promise<number[]> {
    const answer = once(this.#child, 'message') as Promise<[number[]]>
    this.#child.send('tell')
    return (await answer)[0]
  }

  [Symbol.dispose](): void {
    this.#child.kill('SIGKILL')
  }
}
