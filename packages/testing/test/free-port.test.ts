import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import process from 'node:process'
import { expect, it, onTestFinished } from 'vitest'
import { freePort, reservePort } from '../src/free-port.ts'
import { portsOutside, systemPorts } from '../src/system-ports.ts'

async function listening(port: number): Promise<Server> {
  const server = createServer().listen(port, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return server
}

it('reads which ports the system picks from, and where it is not said takes the usual ones', () => {
  expect(systemPorts(() => '16000\t65535\n')).toEqual([16_000, 65_535])
  expect(systemPorts(() => 'nonsense')).toEqual([32_768, 65_535])
  const missing = (): string => {
    throw new Error('ENOENT')
  }
  expect(systemPorts(missing)).toEqual([32_768, 65_535])
})

it.each([
  { picked: [32_768, 60_999], outside: [11_000, 32_767], where: 'below' },
  { picked: [49_152, 65_535], outside: [11_000, 49_151], where: 'below' },
  { picked: [16_000, 65_535], outside: [11_000, 15_999], where: 'below' },
  { picked: [1_024, 60_999], outside: [61_000, 65_535], where: 'above' },
  { picked: [1_024, 5_000], outside: [11_000, 65_535], where: 'above' },
  { picked: [1_024, 65_535], outside: [11_000, 65_535], where: 'nowhere' },
] as const)('of ports that the system does not pick from $picked, there are some $where', ({ picked, outside }) => {
  expect(portsOutside(picked)).toEqual(outside)
})

it('reserves ports that the system does not pick', async () => {
  const [first, last] = systemPorts()
  const picksAll = portsOutside([first, last])[1] >= first && portsOutside([first, last])[0] <= last
  const ports = await Promise.all(Array.from({ length: 50 }, freePort))
  expect(new Set(ports).size).toBe(50)
  for (const port of ports) expect(picksAll || port < first || port > last, `${port}`).toBe(true)
})

it('gives a reserved port to nobody else, whether or not its server listens, until it is given back', async () => {
  const reserved = await reservePort()
  // The lock is what others meet; the port itself is free for whoever holds it.
  await expect(listening(reserved.port + 1)).rejects.toMatchObject({ code: 'EADDRINUSE' })
  const server = await listening(reserved.port)
  await new Promise((resolve) => server.close(resolve))
  await expect(listening(reserved.port + 1)).rejects.toMatchObject({ code: 'EADDRINUSE' })
  await reserved[Symbol.asyncDispose]()
  await listening(reserved.port + 1)
})

it('keeps no process alive', async () => {
  const module = new URL('../src/free-port.ts', import.meta.url).href
  const child = spawn(process.execPath, ['--input-type=module', '-e', `await (await import('${module}')).freePort()`])
  expect(await once(child, 'exit')).toEqual([0, null])
})
