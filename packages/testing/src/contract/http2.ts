import { type ClientHttp2Session, connect } from 'node:http2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeCertificate } from '../certificate.ts'
import { eventually } from '../eventually.ts'
import type { ContractSubject } from './capabilities.ts'
import type { FixtureState } from './fixture-app.ts'
import type { CloseRecord } from './journal.ts'
import { hang, patience, useSubject } from './subject.ts'

/** The same answers over HTTP/2, where a host library has other ideas of when a response is over. */
export function http2Contract(contract: ContractSubject): void {
  if (!contract.capabilities.http2) return

  describe.concurrent('HTTP/2', () => {
    // Many bodies of 1 MB share one connection, and on one core for all of the contracts some took more than 2 s.
    const subject = useSubject(contract, async () => ({ tls: await makeCertificate(), timeouts: { body: 20_000 } }))
    let session: ClientHttp2Session
    beforeAll(() => {
      session = connect(subject.server.url, { rejectUnauthorized: false }).on('error', () => {})
    })
    afterAll(() => session.destroy())

    const ask = (method: string, path: string, body?: string): Promise<{ status: number; text: string }> => {
      const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>()
      const stream = session.request({ ':method': method, ':path': path }, { endStream: body === undefined })
      let [status, text] = [0, '']
      stream.on('response', (headers) => (status = Number(headers[':status'])))
      stream.on('data', (bytes: Buffer) => (text += bytes.toString()))
      stream.on('close', () => resolve({ status, text })).on('error', reject)
      stream.setTimeout(patience, () => reject(new Error(`${method} ${path} waits after ${JSON.stringify(text)}`)))
      if (body !== undefined) stream.end(body)
      return promise
    }
    const closesOf = async (name: string): Promise<CloseRecord[]> => {
      const { stream } = JSON.parse((await ask('GET', `/state?name=${name}`)).text) as FixtureState
      return stream?.closes ?? []
    }

    for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
      const bodies = method === 'GET' ? [undefined] : [undefined, 'x', 'x'.repeat(1_000_000)]
      for (const body of bodies) {
        for (const read of ['none', 'half', 'all']) {
          it(
            `${method} with ${body?.length ?? 'no'} bytes, of which the handler reads ${read}, gets its whole stream`,
            async () => {
              const name = subject.name()
              const query = `name=${name}&source=ticking&count=10&every=20&heartbeat=0&read=${read}`
              const { status, text } = await ask(method, `/stream?${query}`, body)
              expect(status).toBe(200)
              expect(text.match(/^data: \d+/gm)).toHaveLength(10)
              const isClosed = async (): Promise<boolean> => (await closesOf(name)).length > 0
              await eventually(`the end of ${name}`, isClosed, { within: patience })
              expect(await closesOf(name)).toMatchObject([{ reason: 'ended', events: 10 }])
            },
            hang,
          )
        }
      }
    }

    it('a host that is in no URL is answered 400', async () => {
      const stream = session.request({ ':authority': 'a:99999999', ':path': '/state' })
      const { promise, resolve, reject } = Promise.withResolvers<unknown>()
      stream.on('response', (headers) => resolve(headers[':status'])).on('error', reject)
      expect(await promise).toBe(400)
      stream.close()
    })

    it('a request whose body never ends is ended', async () => {
      const stream = session.request({ ':method': 'POST', ':path': '/length' }, { endStream: false })
      stream.write('x')
      await new Promise((resolve) => stream.on('close', resolve).on('error', () => {}))
    })
  })
}
