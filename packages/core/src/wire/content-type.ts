// A type and a subtype of the characters that a token has, and nothing else before the parameters.
const mimeType = /^\s*([\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+)\s*(;|$)/

/**
 * Whether a `Content-Type` is that of an event stream: by essence, in any case, whatever the parameters.
 *
 * Source: Fetch, "extract a MIME type": of several values, joined or repeated, the last one that is a MIME type counts.
 */
export function isEventStream(contentType: string | null): boolean {
  let essence: string | undefined
  // What is quoted goes first, but for its quote: a comma in it does not part values.
  for (const value of (contentType ?? '').replace(/"(\\.|[^"])*"?/g, '"').split(',')) {
    const type = mimeType.exec(value)?.[1] ?? '*/*'
    if (type !== '*/*') essence = type
  }
  return essence?.toLowerCase() === 'text/event-stream'
}
