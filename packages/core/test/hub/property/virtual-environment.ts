import { FakeEnvironment } from '../../support/fake-environment.ts'

/** A fake world whose wall clock can be set, also backwards, while its monotonic clock goes on. */
export class VirtualEnvironment extends FakeEnvironment {
  #step = 0

  override readonly wallTime = (): number => 1_700_000_000_000 + this.now() + this.#step

  setClock(by: number): void {
    this.#step += by
  }
}
