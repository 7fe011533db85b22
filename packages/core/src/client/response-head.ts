/** A response with another body, whose head is in all that a script can see that of `response`. */
export function headLike(response: Response, body: ReadableStream<Uint8Array>): Response {
  const { status, statusText, headers, url, redirected, type } = response
  const copy = new Response(body, { status, statusText, headers })
  // No constructor sets these.
  for (const [key, value] of Object.entries({ url, redirected, type })) Object.defineProperty(copy, key, { value })
  return copy
}
