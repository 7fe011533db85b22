// What is quoted: a comma in it does not part values.
const quoted = /"(\\.|[^"])*"?/g

// A type and a subtype of the characters that a token has, and nothing else before parameters or the next value.
const mimeType = /(?:^|,)\s*([\w!#-'*+.^`|~-]+\/[\w!#-'*+.^`|~-]+)\s*(?![^;,])/g

/**
 * Whether a `Content-Type` is that of an event stream: by essence, in any case, whatever the parameters.
 *
 * Source: Fetch, "extract a MIME type": of several values, joined or repeated, the last one that is a MIME type counts.
 */
export function isEventStream(contentType: string | null): boolean {
  // As nearly every server writes it.
  if (contentType === 'text/event-stream') return true
  let essence: string | undefined
  for (const [, type] of (contentType ?? '').replace(quoted, '"').matchAll(mimeType)) {
    if (type !== '*/*') essence = type
  }
  return essence?.toLowerCase() === 'text/event-stream'
}
