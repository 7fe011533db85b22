import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../', import.meta.url))

// Each direction of ARCHITECTURE.md, as what a file of that place may import and what it may not.
const places = [
  {
    place: 'packages/core/src/wire',
    may: ['./parse.ts', '../errors.ts'],
    mayNot: [
      '../fanout/sink.ts',
      '../hub/hub.ts',
      '../client/connect.ts',
      '../testing/broker-contract.ts',
      '../environment.ts',
      '../report.ts',
      '../index.ts',
      './index',
      '..',
      './../fanout/sink.ts',
      '../wire/../fanout/sink.ts',
      'node:fs',
      'fs',
      'bun',
      'cloudflare:workers',
      'hono',
      '@holdfast/core',
      '@holdfast/service',
    ],
  },
  {
    place: 'packages/core/src/fanout',
    may: ['./sink.ts', '../wire/parse.ts', '../environment.ts', '../errors.ts', '../report.ts'],
    mayNot: [
      '../response/body.ts',
      '../hub/hub.ts',
      '../client/connect.ts',
      '../index.ts',
      '../adapter.ts',
      'node:timers',
      'hono',
      '@holdfast/core',
    ],
  },
  {
    place: 'packages/core/src/response',
    may: ['./body.ts', '../fanout/sink.ts', '../wire/parse.ts', '../environment.ts', '../errors.ts'],
    mayNot: ['../hub/hub.ts', '../hub/broker/broker.ts', '../client/connect.ts', '../index.ts', 'node:timers', 'hono'],
  },
  {
    place: 'packages/core/src/hub',
    may: [
      './feed.ts',
      './broker/broker.ts',
      './replay/replay.ts',
      '../response/body.ts',
      '../fanout/sink.ts',
      '../wire/parse.ts',
      '../environment.ts',
      '../errors.ts',
      '../report.ts',
    ],
    mayNot: [
      '../client/connect.ts',
      './../client/connect.ts',
      '../testing/broker-contract.ts',
      '../index.ts',
      'node:events',
      'ioredis',
      '@holdfast/core/hub',
    ],
  },
  {
    place: 'packages/core/src/hub/broker',
    may: ['./memory-log.ts', '../errors.ts', '../../wire/position.ts', '../../environment.ts'],
    mayNot: [
      '../hub.ts',
      '../feed.ts',
      '../replay/replay.ts',
      '../../fanout/sink.ts',
      '../../response/body.ts',
      '../../client/connect.ts',
      '../../index.ts',
      'ioredis',
    ],
  },
  {
    place: 'packages/core/src/hub/replay',
    may: ['./gap.ts', '../marks.ts', '../broker/broker.ts', '../../fanout/chunk.ts', '../../wire/position.ts'],
    mayNot: ['../hub.ts', '../index.ts', '../../client/connect.ts', '../../adapter.ts', 'node:events'],
  },
  { place: 'packages/core/src/hub/run', may: ['../broker/broker.ts'], mayNot: ['../hub.ts', '../replay/gap.ts'] },
  {
    place: 'packages/core/src/client',
    may: [
      './attempt.ts',
      './event-source/event-source.ts',
      '../wire/parse.ts',
      '../environment.ts',
      '../errors.ts',
      '../report.ts',
    ],
    mayNot: [
      '../hub/hub.ts',
      './../hub/hub.ts',
      '../fanout/sink.ts',
      '../index.ts',
      'node:http',
      'undici',
      'eventsource-parser',
    ],
  },
  {
    place: 'packages/core/src/client/attempt',
    may: ['./silence.ts', '../constants.ts', '../../wire/parse.ts', '../../clock.ts', '../../errors.ts'],
    mayNot: ['../delivery/delivery.ts', '../failover/conductor.ts', '../event-source/transport.ts', '../connect.ts'],
  },
  {
    place: 'packages/core/src/client/delivery',
    may: ['./queue.ts', '../types.ts', '../../wire/position.ts', '../../clock.ts', '../../report.ts'],
    mayNot: ['../attempt/attempt.ts', '../failover/conductor.ts', '../event-source/transport.ts', '../connect.ts'],
  },
  {
    place: 'packages/core/src/client/failover',
    may: ['./race.ts', '../attempt/attempt.ts', '../delivery/delivery.ts', '../types.ts', '../../wire/hints.ts'],
    mayNot: ['../event-source/transport.ts', '../connect.ts', '../index.ts', '../../hub/hub.ts', '../../index.ts'],
  },
  {
    place: 'packages/core/src/client/event-source',
    may: ['./transport.ts', '../request-init.ts', '../../wire/parse.ts', '../../environment.ts', '../../errors.ts'],
    mayNot: [
      '../attempt/attempt.ts',
      '../delivery/delivery.ts',
      '../../hub/hub.ts',
      '../../fanout/sink.ts',
      '../../index.ts',
      '../../../package.json',
      'node:http',
      'undici',
    ],
  },
  {
    place: 'packages/core/src/testing',
    may: ['./cases.ts', '../hub/broker/broker.ts', '../wire/position.ts', '../errors.ts'],
    mayNot: ['../client/connect.ts', '../index.ts', 'vitest', 'node:assert'],
  },
  {
    place: 'packages/core/src',
    may: ['./errors.ts'],
    mayNot: [
      './wire/parse.ts',
      './fanout/sink.ts',
      './hub/hub.ts',
      './client/connect.ts',
      './index.ts',
      './adapter.ts',
      '../package.json',
      'node:fs',
      'hono',
      '@holdfast/adapters/node',
    ],
  },
  {
    place: 'packages/adapters/src/bun',
    may: ['./serve.ts', '../close.ts', '@holdfast/core', '@holdfast/core/adapter', 'node:net'],
    mayNot: [
      '../node/serve.ts',
      './../node/serve.ts',
      '../bun/../node/serve.ts',
      '@holdfast/adapters/node',
      '@holdfast/service',
      '../../../core/src/fanout/sink.ts',
      '@holdfast/core/dist/fanout/sink.js',
      'hono',
    ],
  },
  {
    place: 'packages/adapters/src/node',
    may: ['@hono/node-server', '@hono/node-server/utils/response', 'node:http2'],
    mayNot: ['../deno/serve.ts', '@holdfast/app-node'],
  },
  {
    place: 'packages/adapters/src/cloudflare/worker',
    may: ['./broker.ts', '../protocol.ts', '../../close.ts', '@holdfast/core/hub', 'cloudflare:workers'],
    mayNot: [
      '../object/topic.ts',
      './../object/topic.ts',
      '../worker/../object/topic.ts',
      '../index.ts',
      '../../node/serve.ts',
      '@holdfast/adapters/cloudflare',
      '@holdfast/service',
      'hono',
    ],
  },
  {
    place: 'packages/adapters/src/cloudflare/object',
    may: ['./topic.ts', '../protocol.ts', '../../close.ts', '@holdfast/core/hub', 'cloudflare:workers'],
    mayNot: ['../worker/broker.ts', './../worker/broker.ts', '../index.ts', '@holdfast/adapters/cloudflare', 'hono'],
  },
  {
    place: 'packages/adapters/src',
    may: ['./close.ts', '@holdfast/core', '@holdfast/core/adapter'],
    mayNot: ['./node/serve.ts', '../../core/src/index.ts', 'node:http', 'bun', '@holdfast/service'],
  },
  {
    place: 'packages/service/src/routes',
    may: [
      './route.ts',
      '../problem.ts',
      '../auth/auth.ts',
      'hono',
      'hono/cors',
      'jose',
      '@holdfast/core',
      '@holdfast/core/hub',
    ],
    mayNot: [
      '@holdfast/adapters/node',
      '../../../adapters/src/node/index.ts',
      '../../package.json',
      '../../../core/src/index.ts',
      '@holdfast/core/src/index.ts',
      'node:crypto',
      'zod',
      '@holdfast/app-worker',
    ],
  },
  {
    place: 'packages/testing/src',
    may: ['./launch.ts', '@holdfast/core', '@holdfast/adapters/node', '@holdfast/service', 'vitest', 'node:net'],
    mayNot: ['../../core/src/index.ts', '../../../apps/bun/src/main.ts', '@holdfast/app-bun'],
  },
  {
    place: 'packages/core/test/wire',
    may: ['../../src/wire/parse.ts', 'vitest', 'node:fs'],
    mayNot: ['../../../adapters/src/close.ts', '../../../../apps/web/src/main.ts'],
  },
  {
    place: 'apps/bun/src/demo',
    may: ['./page.ts', '../main.ts', '@holdfast/core/hub', '@holdfast/adapters/bun', '@holdfast/service', 'node:os'],
    mayNot: [
      '../../../../packages/core/src/index.ts',
      '../../../node/src/main.ts',
      '../../../../bench/parse.ts',
      '@holdfast/app-node',
      '@holdfast/app-web/src/main.ts',
      '@holdfast/core/src/index.ts',
    ],
  },
  {
    place: 'bench',
    may: ['./peers.ts', '@holdfast/core', 'eventsource-parser'],
    mayNot: ['../packages/core/src/wire/parse.ts', '../apps/bun/src/main.ts', '@holdfast/app-bun'],
  },
]

const forms = [
  `import { a } from 'node:fs'`,
  `import type { a } from 'node:fs'`,
  `import 'node:fs'`,
  `export { a } from 'node:fs'`,
  `export * from 'node:fs'`,
  `await import('node:fs')`,
  `await import(name)`,
  `type A = import('node:fs').Stats`,
  `import fs = require('node:fs')`,
]

const rules = /no-cycle|no-restricted-imports|no-dynamic-require|no-require-imports|consistent-type-imports/
const tree = mkdtempSync(join(tmpdir(), 'holdfast-import-rules-'))
afterAll(() => rmSync(tree, { recursive: true }))

const imports = places.flatMap(({ place, may, mayNot }) =>
  [...may, ...mayNot].map((specifier, index) => ({
    place,
    specifier,
    file: `${place}/case-${index}.ts`,
    allowed: index < may.length,
  })),
)
const formFiles = forms.map((text, index) => ({ text, file: `packages/core/src/hub/form-${index}.ts` }))
const refused = lint([
  ...formFiles,
  ...imports.map(({ file, specifier }) => ({ file, text: `export * from '${specifier}'` })),
])

describe.each(places)('$place', ({ place }) => {
  const here = imports.filter((each) => each.place === place)
  it.each(here.filter(({ allowed }) => allowed))('may import $specifier', ({ file }) =>
    expect(refused).not.toContain(file),
  )
  it.each(here.filter(({ allowed }) => !allowed))('may not import $specifier', ({ file }) =>
    expect(refused).toContain(file),
  )
})

it("only the core's entries gather wire, fanout and response", () => {
  const index = 'packages/core/src/index.ts'
  const lintIndex = (specifier: string): string[] => lint([{ file: index, text: `export * from '${specifier}'` }])
  for (const specifier of ['./errors.ts', './wire/parse.ts', './fanout/sink.ts', './response/body.ts'])
    expect(lintIndex(specifier)).toEqual([])
  for (const specifier of ['./hub/hub.ts', './client/connect.ts', 'node:fs'])
    expect(lintIndex(specifier)).toEqual([index])
})

it('a Worker and an object share no type but those of their protocol', () => {
  const types = (side: string, other: string): { file: string; text: string }[] =>
    [
      `import type { a } from '../${other}/a.ts'`,
      `export type { a } from '../${other}/a.ts'`,
      `type A = import('../${other}/a.ts').a`,
    ].map((text, index) => ({ file: `packages/adapters/src/cloudflare/${side}/type-${index}.ts`, text }))
  const files = [...types('worker', 'object'), ...types('object', 'worker')]
  expect(new Set(lint(files))).toEqual(new Set(files.map(({ file }) => file)))
})

it('nothing imports in a circle, not even types', () => {
  const files = ['one', 'other'].map((name) => `packages/core/src/fanout/${name}.ts`)
  const [one = '', other = ''] = files
  const circle = lint([
    { file: one, text: `import type { B } from './other.ts'\nexport interface A { b: B }` },
    { file: other, text: `import type { A } from './one.ts'\nexport interface B { a: A }` },
  ])
  expect(circle.toSorted()).toEqual(files)
})

it.each(formFiles)('the core is refused: $text', ({ file }) => expect(refused).toContain(file))

/** The files that the workspace's own configuration refuses, laid out as in the workspace. */
function lint(files: { file: string; text: string }[]): string[] {
  copyFileSync(join(root, '.oxlintrc.json'), join(tree, '.oxlintrc.json'))
  for (const { file, text } of files) {
    mkdirSync(join(tree, dirname(file)), { recursive: true })
    writeFileSync(join(tree, file), `${text}\n`)
  }
  const { stdout } = spawnSync('oxlint', ['--format=json', ...files.map(({ file }) => file)], {
    cwd: tree,
    encoding: 'utf8',
  })
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; filename: string }[] }
  return diagnostics.filter(({ code }) => rules.test(code)).map(({ filename }) => filename)
}
