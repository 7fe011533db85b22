import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { patientFetch } from '../../src/client/request-init.ts'

afterEach(() => vi.unstubAllGlobals())

describe('requestInit', () => {
  async function requested(id = ''): Promise<Record<string, unknown>> {
    vi.resetModules()
    const { requestInit } = await import('../../src/client/request-init.ts')
    return { ...requestInit('text/event-stream', id) }
  }

  it('asks for no stored response', async () => {
    expect(await requested()).toEqual({ headers: { Accept: 'text/event-stream' }, cache: 'no-store' })
  })

  it('says so itself on Deno', async () => {
    vi.stubGlobal('Deno', {})
    expect(await requested()).toEqual({
      headers: { Accept: 'text/event-stream', 'Cache-Control': 'no-cache' },
      cache: 'no-store',
    })
  })

  it('says so itself on Bun, and may be silent there for long', async () => {
    vi.stubGlobal('Bun', {})
    expect(await requested()).toEqual({
      headers: { Accept: 'text/event-stream', 'Cache-Control': 'no-cache' },
      cache: 'no-store',
      timeout: false,
    })
  })

  it('has no cache mode where that would throw', async () => {
    vi.stubGlobal('Request', { prototype: {} })
    expect(await requested()).toEqual({ headers: { Accept: 'text/event-stream', 'Cache-Control': 'no-cache' } })
  })

  it.each([
    ['7', '7'],
    ['é€😀', 'Ã©â\x82¬ð\x9f\x98\x80'],
    ['100 %', '100 %'],
    ['a\tb', 'a\tb'],
    ['', undefined],
    ['a\x01b', undefined],
    ['a\x7f', undefined],
    ['x'.repeat(17_000), undefined],
  ])('carries the last event ID %j in UTF-8', async (id, header) => {
    const { headers } = await requested(id)
    expect((headers as Record<string, string>)['Last-Event-ID']).toBe(header)
  })
})

describe('patientFetch', () => {
  const key = Symbol.for('undici.globalDispatcher.1')
  const globals = globalThis as unknown as Record<symbol, unknown>
  // Node sets it when it loads its fetch.
  const dispatcher = [Request.prototype, globals[key]][1]
  afterEach(() => void (globals[key] = dispatcher))

  it('waits for a silent body on Node, through the dispatcher that is set', async () => {
    const dispatch = vi.fn()
    expect(dispatcher).toBeDefined()
    globals[key] = { dispatch }
    vi.stubGlobal('fetch', (_url: string, init: { dispatcher: { dispatch: typeof dispatch } }) =>
      init.dispatcher.dispatch({ path: '/' }, 'handler'),
    )
    await patientFetch('http://127.0.0.1:9/', {})
    expect(dispatch).toHaveBeenCalledExactlyOnceWith({ path: '/', bodyTimeout: 0 }, 'handler')
  })

  it("hands on what Node's own fetch makes of it", async () => {
    const server = createServer((request, response) => response.end(request.headers.accept)).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    try {
      const response = await patientFetch(url, { headers: { Accept: 'text/event-stream' } })
      expect(await response.text()).toBe('text/event-stream')
    } finally {
      server.close()
    }
  })

  it('asks no more of other runtimes', async () => {
    const fetch = vi.fn()
    vi.stubGlobal('fetch', fetch)
    globals[key] = undefined
    const init = {}
    await patientFetch('http://127.0.0.1:9/', init)
    expect(fetch).toHaveBeenCalledExactlyOnceWith('http://127.0.0.1:9/', init)
  })
})
