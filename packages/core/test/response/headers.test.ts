import { describe, expect, it } from 'vitest'
import { refusedOptions } from './options.ts'
import { get, open } from '../support/open.ts'

const leaveOpen = (): void => {}

describe('headers', () => {
  it('are exactly these', () => {
    expect([...open(leaveOpen).response.headers]).toEqual([
      ['cache-control', 'no-cache, no-transform'],
      ['content-type', 'text/event-stream'],
      ['x-accel-buffering', 'no'],
    ])
  })

  it('never belong to the connection, whoever asks', () => {
    const headers = { Connection: 'keep-alive', 'Transfer-Encoding': 'chunked' }
    const names = [...open(leaveOpen, { headers }).response.headers.keys()]
    expect(names).toEqual(['cache-control', 'content-type', 'x-accel-buffering'])
  })

  it('are overruled by the application, but for the content type', () => {
    const headers = {
      'Cache-Control': 'private',
      'X-Accel-Buffering': 'yes',
      'Content-Type': 'text/plain',
      'X-Own': '1',
    }
    expect([...open(leaveOpen, { headers }).response.headers]).toEqual([
      ['cache-control', 'private, no-transform'],
      ['content-type', 'text/event-stream'],
      ['x-accel-buffering', 'yes'],
      ['x-own', '1'],
    ])
  })

  it.each<[HeadersInit, string]>([
    [{ 'cache-control': 'no-store' }, 'no-store, no-transform'],
    [{ 'CACHE-CONTROL': 'No-Transform, no-store' }, 'No-Transform, no-store'],
    [{ 'Cache-Control': 'no-store,NO-TRANSFORM' }, 'no-store,NO-TRANSFORM'],
    [{ 'cache-control': 'private="no-transform, x"' }, 'private="no-transform, x", no-transform'],
    [{ 'cache-control': 'x-no-transform' }, 'x-no-transform, no-transform'],
    [{ 'cache-control': '' }, 'no-transform'],
    [new Headers({ 'cache-control': 'private' }), 'private, no-transform'],
    [
      [
        ['Cache-Control', 'private'],
        ['cache-control', 'max-age=0'],
      ],
      'private, max-age=0, no-transform',
    ],
  ])('keep no-transform: %o', (headers, expected) => {
    expect(open(leaveOpen, { headers }).response.headers.get('cache-control')).toBe(expected)
  })

  it('keep each cookie', () => {
    const headers: [string, string][] = [
      ['set-cookie', 'a=1'],
      ['vary', 'x'],
      ['set-cookie', 'b=2'],
      ['vary', 'y'],
    ]
    const { response } = open(leaveOpen, { headers })
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(response.headers.get('vary')).toBe('x, y')
  })

  it('go with the status asked for', () => {
    expect(open(leaveOpen).response.status).toBe(200)
    expect(open(leaveOpen, { status: 202 }).response.status).toBe(202)
  })
})

describe('HEAD', () => {
  const request = get({ method: 'HEAD' })

  it('gets the headers and nothing else', () => {
    let called = false
    const { response, environment, closes } = open(() => void (called = true), { request, headers: { 'x-own': '1' } })
    expect(response.body).toBeNull()
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    expect(response.headers.get('x-own')).toBe('1')
    expect([called, environment.timers, environment.queued, closes]).toEqual([false, 0, 0, []])
  })

  it('lets go of its source', async () => {
    let cancelled: unknown = 'no'
    const source = new ReadableStream<string>({ cancel: (reason) => void (cancelled = reason) })
    const { environment } = open(source, { request })
    await environment.settle()
    expect(cancelled).toBeUndefined()
  })

  it('does not run a generator', async () => {
    let ran = false
    async function* source(): AsyncGenerator<string> {
      ran = true
      yield 'a'
    }
    const { environment } = open(source(), { request })
    await environment.settle()
    expect(ran).toBe(false)
  })

  it.each(refusedOptions)('refuses $name as GET does', ({ options, error }) => {
    expect(() => open(leaveOpen, { request, ...options })).toThrow(error)
  })
})
