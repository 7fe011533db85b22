import { afterEach, expect, it, vi } from 'vitest'
import { freePort } from '../src/free-port.ts'
import { launch } from '../src/launch.ts'
import { requireTool } from '../src/require-tool.ts'

afterEach(() => vi.unstubAllEnvs())

const server = (script: string) => ({ command: 'node', args: ['-e', script] })

it('starts a server, and kills it with everything it started', async () => {
  // The grandchild holds the port: it must be gone for the port to be free.
  const port = await freePort()
  const grandchild = `require('net').createServer().listen(${port}, '127.0.0.1', () => console.log('listening http://127.0.0.1:${port}'))`
  await using launched = await launch(
    server(
      `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(grandchild)}], { stdio: 'inherit' })`,
    ),
  )
  expect(launched.url).toBe(`http://127.0.0.1:${port}`)
  await launched.close()
  expect(await launched.exited).toBe('SIGKILL')
  await using again = await launch(server(grandchild))
  expect(again.url).toBe(launched.url)
})

it('fails with the output of a server that exits instead of listening', async () => {
  await expect(launch(server('console.error("no luck"); process.exit(3)'))).rejects.toThrow(
    /it exited with 3\n.*no luck/s,
  )
})

it('fails for a server that never listens, and leaves no process', async () => {
  await expect(launch({ ...server('setInterval(() => {}, 1000)'), within: 300 })).rejects.toThrow(
    /was not ready in 300 ms/,
  )
})

it('fails for a command that is not there', async () => {
  await expect(launch({ command: 'no-such-command' })).rejects.toThrow(/ENOENT/)
})

it.runIf(process.platform === 'linux')('sees the memory of the whole group', async () => {
  await using launched = await launch(
    server('globalThis.held = Buffer.alloc(200e6, 1); console.log("listening http://x"); setInterval(() => {}, 1000)'),
  )
  const { now, peak } = launched.memory()!
  expect(now).toBeGreaterThan(200e6)
  expect(peak).toBeGreaterThanOrEqual(now)
})

it('a missing tool is undefined, and an error in CI', () => {
  vi.stubEnv('PATH', '/nowhere')
  vi.stubEnv('CI', '')
  // Not a real tool: the type keeps callers to the known ones.
  const missing = 'no-such-tool' as 'nginx'
  expect(requireTool(missing)).toBeUndefined()
  vi.stubEnv('CI', 'true')
  expect(() => requireTool(missing)).toThrow(/Cannot find no-such-tool/)
})
