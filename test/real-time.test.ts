import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../', import.meta.url))
// Real servers and browsers: there a real clock is often the subject.
const real = /\.runtime\.test\.ts$|\/contract\.[^/]*\.test\.ts$|\/browser\.[^/]*\.test\.ts$|^test\/packages\//
const clock =
  /\b(?:performance\.now|Date\.now|AbortSignal\.timeout|set(?:Timeout|Interval))\(|setTimeout as|setInterval as/

/** Where a unit test, or what it stands on, looks at a real clock all the same: never to judge how long something took. */
const exceptions: Record<string, string> = {
  'packages/adapters/test/cloudflare/client.ts': 'of runtime tests only',
  'packages/adapters/test/cloudflare/worker/objects.ts': 'of runtime tests only: runs in workerd',
  'packages/adapters/test/log.tail.test.ts': 'a turn of the loop, not a time',
  'packages/adapters/test/sqlite.test.ts': 'only reads the fake clock that it has set',
  'packages/adapters/test/support/raw-client.ts': 'how long it waits before it fails',
  'packages/adapters/test/support/smoke.ts': 'of runtime tests only: runs in each runtime',
  'packages/adapters/test/support/streams.ts': 'a write that never settles can only be told by waiting',
  'packages/service/test/hostile/bodies.test.ts': 'a client that sends a byte now and then',
  'packages/testing/test/launch.test.ts': 'in the processes that it starts, which shall not end',
  'packages/service/test/tokens.ts': 'claims are in seconds since 1970',
}

function usersOfTheClock(): string[] {
  const files = globSync(['packages/*/test/**/*.ts', 'apps/*/test/**/*.ts', 'test/*.ts'], { cwd: root })
  const own = fileURLToPath(import.meta.url)
  return files
    .filter((file) => !file.includes('node_modules') && !real.test(file) && !own.endsWith(file))
    .filter((file) => clock.test(readFileSync(root + file, 'utf8')))
    .toSorted()
}

it('unit tests take no real clock, to wait or to measure, but for a reason', () => {
  expect(usersOfTheClock()).toEqual(Object.keys(exceptions).toSorted())
})
