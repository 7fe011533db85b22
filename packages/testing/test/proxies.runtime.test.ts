import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { connect } from 'node:http2'
import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { makeCertificate } from '../src/certificate.ts'
import { examplesOf } from '../src/document-examples.ts'
import { openRaw, requireTool } from '../src/index.ts'
import { startOrigin, topic } from '../src/proxies/origin.ts'
import { proxyContract } from '../src/proxies/proxy-contract.ts'
import { startHaproxy, startNginx } from '../src/proxies/start.ts'

const [nginxBlock = '', ignoringBlock = '', tlsBlock = ''] = await examplesOf('proxies.md', 'nginx')
const [haproxyBlock = ''] = await examplesOf('proxies.md', 'haproxy')
const nginx = requireTool('nginx')
const haproxy = requireTool('haproxy')

describe.skipIf(!nginx)('nginx', () => {
  proxyContract({ name: 'nginx', path: nginx!, block: nginxBlock, start: startNginx, cutsQuiet: true })

  it('logs no token', async () => {
    await using origin = await startOrigin()
    await using proxy = await startNginx({ path: nginx!, block: nginxBlock, origin: origin.port })
    const client = await openRaw(`http://127.0.0.1:${proxy.port}/events?topic=${topic}&access_token=a-secret`)
    await origin.hub.end(topic)
    await client.until('its end', () => client.bodyDone)
    client.destroy()
    const log = (): Promise<string> => readFile(`${proxy.folder}/access.log`, 'utf8')
    await expect.poll(log, { timeout: 10_000 }).toContain('"GET /events" 200')
    expect(await log()).not.toContain('a-secret')
  })

  it('holds everything back where it is told to ignore X-Accel-Buffering', async () => {
    await using origin = await startOrigin()
    await using proxy = await startNginx({ path: nginx!, block: ignoringBlock, origin: origin.port })
    let head = false
    const held = openRaw(`http://127.0.0.1:${proxy.port}/events?topic=${topic}`).then((client) => {
      head = true
      return client
    })
    const direct = await openRaw(`http://127.0.0.1:${origin.port}/events?topic=${topic}`)
    await expect.poll(() => origin.hub.count(topic), { timeout: 10_000 }).toBe(2)
    await origin.hub.publish(topic, { data: 'held' })
    await direct.until('the event', () => direct.events.length === 1)
    // It would have come through the proxy, too, since several events do on the way of one.
    for (let count = 0; count < 1_000; count++) await turn()
    expect(head).toBe(false)

    await origin.hub.end(topic)
    const client = await held
    await client.until('all of it', () => client.bodyDone)
    expect(client.events.map(({ data }) => data)).toEqual(['held'])
    client.destroy()
    direct.destroy()
  })

  it('gives a browser HTTP/2, with more streams at once than HTTP/1.1 would have', async () => {
    const { key, cert } = await makeCertificate()
    await using origin = await startOrigin()
    const files = { 'cert.pem': cert, 'key.pem': key }
    await using proxy = await startNginx({ path: nginx!, block: tlsBlock, origin: origin.port, files })
    const session = connect(`https://127.0.0.1:${proxy.port}`, { ca: cert })
    const streams = Array.from({ length: 20 }, () => session.request({ ':path': `/events?topic=${topic}` }))
    const heard = streams.map(async (stream) => {
      let text = ''
      for await (const chunk of stream.setEncoding('utf8')) if ((text += String(chunk)).includes('data: ')) return text
      return text
    })
    await expect.poll(() => origin.hub.count(topic), { timeout: 10_000 }).toBe(20)
    await origin.hub.publish(topic, { data: 'to all' })
    for (const text of await Promise.all(heard)) expect(text).toContain('data: to all\n\n')
    session.destroy()
    await once(session, 'close')
  })
})

describe.skipIf(!haproxy)('HAProxy', () => {
  proxyContract({ name: 'HAProxy', path: haproxy!, block: haproxyBlock, start: startHaproxy, cutsQuiet: true })
})
