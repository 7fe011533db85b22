import { endOf, type LogMessage } from './message.ts'
import type { LogStream } from './stream.ts'

/**
 * The message that counts where `message` would be, and the last one that counts up to it.
 *
 * A cluster may store several messages behind the same one: only its leader knows what is under way, and another one
 * that takes over does not. (2.9.10 often did, 2.10.27 was not seen to.) Of those only the first
 * counts, whoever reads them: its offsets go on from where the topic was, theirs are taken already.
 */
export async function settle(
  stream: LogStream,
  token: string,
  message: LogMessage,
): Promise<{ winner: LogMessage; last: LogMessage }> {
  let winner: LogMessage | undefined
  let last = message
  let offset = message.first - 1
  let next = stream.isReplicated ? await stream.next(token, message.after + 1) : message
  while (next && next.seq <= message.seq) {
    if (next.first === offset + 1) {
      winner ??= next
      last = next
      offset = endOf(next).offset
    }
    next = next.seq < message.seq ? await stream.next(token, next.seq + 1) : undefined
  }
  return { winner: winner ?? message, last }
}
