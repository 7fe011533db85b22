import {
  BrokerClosedError,
  BrokerUnavailableError,
  type Broker,
  type Position,
  type StoredEvent,
} from '@holdfast/core/hub'
import type { Namespace, Socket } from './types.ts'

const origin = 'http://log'

/**
 * A throw-away broker that proves the interface: one Durable Object a topic, a WebSocket for each subscription. The real
 * one is `@holdfast/adapters/cloudflare`.
 */
export class ExampleObjectBroker implements Broker {
  /** The objects it has spoken to. */
  readonly names: Set<string> = new Set()
  readonly #namespace: Namespace
  readonly #prefix: string
  readonly #maxEvents: number
  readonly #sockets = new Set<Socket>()
  #closed = false

  constructor(namespace: Namespace, prefix: string, maxEvents: number) {
    this.#namespace = namespace
    this.#prefix = prefix
    this.#maxEvents = maxEvents
  }

  publish: Broker['publish'] = async (topic, events, { key, signal } = {}) => {
    signal?.throwIfAborted()
    const response = await this.#ask(topic, '/publish', JSON.stringify({ events, key, maxEvents: this.#maxEvents }))
    return (await response.json()) as Awaited<ReturnType<Broker['publish']>>
  }

  read: Broker['read'] = async (topic, after, limit) => {
    const response = await this.#ask(topic, '/read', JSON.stringify([after, limit]))
    return (await response.json()) as Awaited<ReturnType<Broker['read']>>
  }

  subscribe: Broker['subscribe'] = async (topic, listener) => {
    const subscription = { left: false, socket: undefined as Socket | undefined }
    const open = async (): Promise<Position> => {
      const { head, socket } = await this.#connect(topic, '?tag=event', (text) => {
        if (!subscription.left) callListener(() => listener.onEvent(JSON.parse(text) as StoredEvent))
      })
      subscription.socket = socket
      socket.addEventListener('close', () => void reopen())
      return head
    }
    // The object was moved or restarted: listen again, and only then tell that something may have been missed.
    const reopen = async (): Promise<void> => {
      while (!subscription.left && !this.#closed) {
        const opened = await open().catch(() => undefined)
        if (opened) return listener.onLost(new BrokerUnavailableError('The object has closed the WebSocket'))
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
    const head = await open()
    const unsubscribe = async (): Promise<void> => {
      subscription.left = true
      if (subscription.socket) this.#hangUp(subscription.socket)
    }
    return { head, unsubscribe }
  }

  // One object for all signals; a WebSocket's tags are the names it hears.
  readonly signals: NonNullable<Broker['signals']> = {
    send: async (hubId, text) => void (await this.#ask('#signals', `/send?tag=${encodeURIComponent(hubId)}`, text)),
    listen: async (hubId, receive) => {
      const { socket } = await this.#connect('#signals', `?tag=*&tag=${encodeURIComponent(hubId)}`, receive)
      return async () => this.#hangUp(socket)
    },
  }

  close: Broker['close'] = async () => {
    this.#closed = true
    for (const socket of this.#sockets) this.#hangUp(socket)
  }

  #hangUp(socket: Socket): void {
    if (this.#sockets.delete(socket)) socket.close(1000)
  }

  #object(topic: string): ReturnType<Namespace['getByName']> {
    if (this.#closed) throw new BrokerClosedError()
    // Escaped, since no name may hold a NUL, and so that a topic is never taken for `#signals`.
    const name = this.#prefix + (topic === '#signals' ? topic : encodeURIComponent(topic))
    this.names.add(name)
    return this.#namespace.getByName(name)
  }

  async #ask(topic: string, path: string, body: string): Promise<Response> {
    const object = this.#object(topic)
    try {
      return await object.fetch(origin + path, { method: 'POST', body })
    } catch (cause) {
      throw new BrokerUnavailableError('Cannot reach the object', { cause })
    }
  }

  #connect(topic: string, query: string, receive: (text: string) => void): Promise<{ head: Position; socket: Socket }> {
    const object = this.#object(topic)
    return new Promise((resolve, reject) => {
      const fail = (cause?: unknown): void =>
        reject(new BrokerUnavailableError('Cannot subscribe to the object', { cause }))
      object
        .fetch(`${origin}/subscribe${query}`, { headers: { upgrade: 'websocket' } })
        .then(({ webSocket: socket }) => {
          if (!socket) return fail()
          let head: Position | undefined
          socket.addEventListener('message', ({ data }) => {
            if (head) return receive(data)
            head = JSON.parse(data) as Position
            resolve({ head, socket })
          })
          socket.addEventListener('close', () => fail())
          socket.accept()
          this.#sockets.add(socket)
        }, fail)
    })
  }
}

function callListener(call: () => void): void {
  try {
    call()
  } catch (error) {
    console.error(error)
  }
}
