/**
 * Where one response's bytes go. An adapter that can write to its socket directly implements this and attaches it to
 * the body; everybody else reads the body as a plain web stream. A loop in this process has one that takes entries.
 */
export interface Sink<Item = Uint8Array> {
  /**
   * Take one chunk whole. The chunk is shared between clients: never change or transfer it.
   *
   * @returns false when the client is behind: the core then waits for `onDrain` before it writes again
   */
  write(chunk: Item): boolean
  /** Set by the core; the sink calls it when it can take more after a `write` that returned false. */
  onDrain: (() => void) | undefined
  /** Set by the core; the sink calls it once the client is gone. */
  onClose: ((error?: unknown) => void) | undefined
  /** Finish the response cleanly once everything written has left. */
  end(): void
  /** Cut the connection now and give back its memory; what was written may be lost. */
  abort(reason: unknown): void
}

/** The key under which a response made by Holdfast, and its body, carry their {@link SinkBody}. */
export const sinkBodyKey: symbol = Symbol.for('holdfast.body')

/** What a body made by Holdfast offers an adapter. */
export interface SinkBody {
  /** Milliseconds of silence after which the stream writes by itself; 0 for never. For a runtime's own idle timeout. */
  readonly heartbeat: number
  /**
   * Take the stream over: bytes go to `sink` instead of the web stream from here on.
   *
   * @returns false when the body is being read already or is closed, and the web stream must serve it
   */
  attach(sink: Sink): boolean
}

/** The sink side of a response or a body, or undefined where Holdfast did not make it (or it was cloned or transformed). */
export function sinkBodyOf(made: Response | ReadableStream<Uint8Array> | null): SinkBody | undefined {
  return (made as { [key: symbol]: SinkBody | undefined } | null)?.[sinkBodyKey]
}
