import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { Child } from './support/child.ts'
import { RawClient } from './support/raw-client.ts'

let child: Child | undefined
afterEach(() => child?.kill())

async function start(runtime: 'node' | 'bun' | 'deno'): Promise<{ child: Child; url: string }> {
  const started = (child = new Child(runtime))
  const { url = '', code, message } = await started.line('url')
  expect(code).toBe('listen-failed')
  expect(message).toContain('the port is taken')
  return { child: started, url }
}

describe.each(['node', 'bun', 'deno'] as const)('serve on %s', (runtime) => {
  test('ends streams, finishes what is in progress, and lets the process end', async () => {
    const { child, url } = await start(runtime)
    const stream = new RawClient(url).get('/events')
    await stream.until('data: one\n\n')
    const slow = fetch(`${url}/slow`)
    await fetch(`${url}/close?within=5000`)
    expect(await (await slow).text()).toBe('slow')
    await stream.closed
    expect(stream.received.endsWith('0\r\n\r\n')).toBe(true)
    // Alone on the machine some 50 ms: it does not wait for what it was given.
    expect((await child.line('closed')).closed).toBeLessThan(4_000)
    expect((await child.line('reason')).reason).toBe('client-closed')
    await vi.waitFor(() => expect(child.exit).toBe(0), { timeout: 20_000 })
  })

  test('cuts what hangs after within', async () => {
    const { child, url } = await start(runtime)
    const hanging = new RawClient(url).get('/hang')
    const stalled = new RawClient(url).get('/flood')
    await stalled.until('data: one\n\n')
    stalled.socket.pause()
    await fetch(`${url}/close?within=300`)
    const { closed } = await child.line('closed')
    expect(closed).toBeGreaterThan(290)
    expect(closed).toBeLessThan(8_000)
    await hanging.closed
    await vi.waitFor(() => expect(child.exit).toBe(0), { timeout: 20_000 })
  })

  test('a client that leaves is told to the core, without a stack on stderr', async () => {
    const { child, url } = await start(runtime)
    const client = new RawClient(url).get('/events')
    await client.until('data: one\n\n')
    client.socket.end()
    expect((await child.line('reason')).reason).toBe('client-closed')
    // Deno 2.9 prints one line for a process whose core listens to `request.signal`.
    expect(child.errors).not.toMatch(/^ +at /m)
  })
})

test('bun cuts a client that stalls soon after the core has given it up', async () => {
  const { child, url } = await start('bun')
  const client = new RawClient(url).get('/flood')
  await client.until('data: one\n\n')
  client.socket.pause()
  expect((await child.line('reason', 5000)).reason).toBe('stalled')
  await new Promise((resolve) => setTimeout(resolve, 5500))
  client.socket.resume()
  await client.closed
  expect(client.received.endsWith('0\r\n\r\n')).toBe(false)
})

test('bun leaves a quiet stream alone for longer than any idle timeout of its own', { timeout: 30_000 }, async () => {
  const { child, url } = await start('bun')
  const client = new RawClient(url).get('/events')
  await client.until('data: one\n\n')
  await new Promise((resolve) => setTimeout(resolve, 16_000))
  expect(client.socket.destroyed).toBe(false)
  expect(child.lines.some((line) => line.reason)).toBe(false)
})

test('the node adapter may be imported after @hono/node-server has replaced Response', () => {
  const lateImport = `
    const { getRequestListener } = await import('@hono/node-server')
    getRequestListener(() => new Response())
    const { serve } = await import('./src/node/index.ts')
    const { eventStream } = await import('@holdfast/core')
    const server = await serve({ port: 0, fetch: (request) => eventStream(request, (stream) => void stream.send('one').then(() => stream.close())) })
    console.log(await (await fetch(server.url)).text())
    await server.close()`
  const cwd = fileURLToPath(new URL('..', import.meta.url))
  const args = ['--conditions=@holdfast/source', '--input-type=module', '--eval', lateImport]
  expect(execFileSync(process.execPath, args, { cwd, encoding: 'utf8' })).toContain('data: one')
})
