import type { HubPublication } from '@holdfast/core/hub'
import { HubObject, type HistoryLimits, type ProduceContext } from '@holdfast/adapters/cloudflare'
import type { Env } from './env.ts'
import { answerTo } from './model.ts'

/** A question, as `POST /answers` hands it on. */
export interface Question {
  prompt: string
}

/** A topic. One that was started with a question answers it, whether anybody reads or not. */
export class TopicObject extends HubObject<Env> {
  // An answer has more events than the default keeps, and is read again for an hour.
  protected override get history(): HistoryLimits {
    return { maxEvents: 10_000, maxAge: 3_600_000 }
  }

  protected override produce({ prompt }: Question, { signal }: ProduceContext): AsyncIterable<HubPublication> {
    return answerTo(prompt, signal)
  }
}
