import type { TopicState } from '../topic-state.ts'
import type { TopicSubscription } from '../topic-subscription.ts'

/** Resolves when a topic's state is so, as far as `subscription` hears, or when `signal` is aborted. */
export function untilState(
  subscription: TopicSubscription,
  isSo: (state: TopicState) => boolean,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!signal.aborted && !isSo(subscription.state)) return
      leave()
      signal.removeEventListener('abort', look)
      resolve()
    }
    const leave = subscription.observe({ onState: look })
    signal.addEventListener('abort', look, { once: true })
    look()
  })
}
