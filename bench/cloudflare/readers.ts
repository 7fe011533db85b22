/** Clients that count the events they get and do nothing else. */
export interface Readers {
  /** Events, of all together. */
  received(): number
  close(): void
}

const decoder = new TextDecoder('latin1')

/** Open event streams, a few at a time. */
export async function readStreams(url: string, count: number): Promise<Readers> {
  const abort = new AbortController()
  let received = 0
  const read = async (): Promise<void> => {
    const { body } = await fetch(url, { signal: abort.signal })
    void pump(body!).catch(() => {})
  }
  const pump = async (body: ReadableStream<Uint8Array>): Promise<void> => {
    for await (const chunk of body) received += decoder.decode(chunk).split('data:').length - 1
  }
  await inTens(count, read)
  return { received: () => received, close: () => abort.abort() }
}

/** Open WebSockets to the object. */
export async function readSockets(url: string, count: number): Promise<Readers> {
  const sockets: WebSocket[] = []
  let received = 0
  const read = async (): Promise<void> => {
    const socket = new WebSocket(url.replace('http', 'ws'))
    sockets.push(socket)
    socket.onmessage = ({ data }) => (received += (data as string).split('"x').length - 1)
    await new Promise((resolve, reject) => Object.assign(socket, { onopen: resolve, onerror: reject }))
  }
  await inTens(count, read)
  return { received: () => received, close: () => sockets.forEach((socket) => socket.close()) }
}

async function inTens(count: number, action: () => Promise<void>): Promise<void> {
  for (let left = count; left > 0; left -= 10) await Promise.all(Array.from({ length: Math.min(10, left) }, action))
}
