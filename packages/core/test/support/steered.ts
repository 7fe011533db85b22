/** A source, and the hand that steers it. */
export interface Steered {
  source: AsyncGenerator<string>
  yield(word: string): void
  fail(error: Error): void
  end(): void
  returned(): boolean
}

/** A source that yields when it is told to. */
export function steered(): Steered {
  let returned = false
  let wake: () => void = () => {}
  const steps: (string | Error | undefined)[] = []
  async function* source(): AsyncGenerator<string> {
    try {
      for (;;) {
        while (steps.length === 0) await new Promise<void>((resolve) => (wake = resolve))
        const step = steps.shift()
        if (step === undefined) return
        if (step instanceof Error) throw step
        yield step
      }
    } finally {
      returned = true
    }
  }
  const add = (step: string | Error | undefined): void => {
    steps.push(step)
    wake()
  }
  return { source: source(), yield: add, fail: add, end: () => add(undefined), returned: () => returned }
}
