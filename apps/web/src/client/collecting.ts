/** A `fetch` behind a proxy that hands an answer on only when it has ended: a stream never comes, and is polled for. */
export function collecting(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return async (input, init) => {
    const response = await fetch(input, init)
    const bytes = await response.arrayBuffer()
    // A 204 may have none.
    return bytes.byteLength > 0 ? new Response(bytes, response) : response
  }
}
