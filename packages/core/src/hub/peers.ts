import { type Clock, Timer } from '../clock.ts'

// Brokers carry a message in milliseconds. A hub that does not answer in this time is taken for one that is gone.
const answerWithin = 500
// Hubs with streams say so every 5 s.
const forgetAfter = 15_000

interface Question {
  /** Those who are known and have not answered. */
  missing: Set<string>
  answered: Set<string>
  total: number
  /** Somebody may be there who is not known yet. */
  open: boolean
  settle(): void
}

/** The other hubs of a broker, as far as they have been heard of, and what they answer. */
export class Peers {
  readonly #clock: Clock
  readonly #heardAt = new Map<string, number>()
  readonly #questions = new Map<string, Question>()
  #listeningSince: number | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** From now on every peer is heard. */
  listening(): void {
    this.#listeningSince ??= this.#clock.now()
  }

  hear(peer: string): void {
    this.#heardAt.set(peer, this.#clock.now())
  }

  /**
   * Ask all for a number. Resolves with their sum once each that is known has answered, after 500 ms at most: at once
   * where none is known, unless this hub has listened for too short a time to know.
   *
   * @param send - sends the question, with the name that its answers bear
   * @throws what `send` throws
   */
  async ask(send: (question: string) => Promise<unknown>): Promise<number> {
    const name = crypto.randomUUID()
    const question = this.#open()
    this.#questions.set(name, question)
    const timer = new Timer(this.#clock, () => question.settle())
    timer.set(answerWithin)
    try {
      await new Promise<void>((resolve, reject) => {
        question.settle = resolve
        send(name).then(() => settleIfDone(question), reject)
      })
      for (const peer of question.missing) this.#heardAt.delete(peer)
      return question.total
    } finally {
      timer.clear()
      this.#questions.delete(name)
    }
  }

  /** One has answered. */
  answer(name: string, peer: string, value: number): void {
    const question = this.#questions.get(name)
    if (!question || question.answered.has(peer) || !Number.isSafeInteger(value)) return
    question.answered.add(peer)
    question.missing.delete(peer)
    question.total += value
    settleIfDone(question)
  }

  /** Wait for nobody any more. */
  close(): void {
    for (const { settle } of this.#questions.values()) settle()
  }

  #open(): Question {
    const now = this.#clock.now()
    for (const [peer, heardAt] of this.#heardAt) if (now - heardAt > forgetAfter) this.#heardAt.delete(peer)
    const open = now - (this.#listeningSince ?? now) < answerWithin
    return { missing: new Set(this.#heardAt.keys()), answered: new Set(), total: 0, open, settle: () => {} }
  }
}

function settleIfDone({ open, missing, settle }: Question): void {
  if (!open && missing.size === 0) settle()
}
