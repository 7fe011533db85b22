import { type Clock, Timer } from '../../clock.ts'
import type { Hint } from '../../wire/hints.ts'
import type { Loss } from '../attempt/answer.ts'
import type { Attempt, AttemptListener } from '../attempt/attempt.ts'
import type { AttemptState } from '../attempt/states.ts'
import type { Dialer } from './dialer.ts'
import type { EndpointState } from './endpoints.ts'

/** What a probe found out: where the log is there, that nobody answers, or that the endpoint will not say. */
export type Finding = { at: string } | 'silent' | 'mute'

/** Asks one endpoint where its log is, by a request for a standby that is given up once its first hint says so. */
export class Probe implements AttemptListener {
  readonly #attempt: Attempt
  readonly #timer: Timer
  readonly #onFinding: (finding: Finding) => void
  #isHeard = false

  /** @param patience - milliseconds until it is given up */
  constructor(
    endpoint: EndpointState,
    patience: number,
    dialer: Dialer,
    clock: Clock,
    onFinding: (finding: Finding) => void,
  ) {
    this.#onFinding = onFinding
    // Of a filtered stream no server says where it is.
    this.#timer = new Timer(clock, () => this.#find(this.#isHeard ? 'mute' : 'silent'))
    this.#timer.set(patience)
    this.#attempt = dialer.probe(endpoint, this)
  }

  /** Idempotent. Nothing is found any more. */
  stop(): void {
    this.#timer.clear()
    this.#attempt.close()
  }

  onState(state: AttemptState, _from: AttemptState, loss: Loss | undefined): void {
    if (state === 'lost') this.#find(loss?.kind ? 'mute' : 'silent')
  }

  onHint({ at }: Hint): void {
    this.#isHeard = true
    if (at !== undefined) this.#find({ at })
  }

  onHead(): void {}
  onEvent(): void {}
  onCheckpoint(): void {}
  onRetry(): void {}
  onTooLarge(): void {}
  room(): undefined {}

  #find(finding: Finding): void {
    this.stop()
    this.#onFinding(finding)
  }
}
