/** The headers of an event stream, with the application's own over them. */
export function eventStreamHeaders(own?: HeadersInit): Headers {
  const headers = new Headers({
    'cache-control': 'no-cache, no-transform',
    // nginx and its like would hold events back.
    'x-accel-buffering': 'no',
  })
  for (const [name, value] of new Headers(own)) {
    if (name === 'set-cookie') headers.append(name, value)
    else headers.set(name, value)
  }
  headers.set('content-type', 'text/event-stream')
  // They belong to the connection: over HTTP/2 the first crashes a Node 26 process and the second is dropped.
  headers.delete('transfer-encoding')
  headers.delete('connection')
  return headers
}
