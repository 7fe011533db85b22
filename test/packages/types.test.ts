import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, inject, it } from 'vitest'
import { entries, root } from './support/packages.ts'

// What is published, compiled as strictly as somebody may who has it installed: declaration files are not passed over.

const folder = join(inject('consumer'), 'types')
beforeAll(() => {
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
})

const compilers = { '5.9': 'typescript-5.9', '7': 'typescript' }

// Each set of libraries, with the entries that need nothing beside it. Under Node's types alone Hono's own do not compile.
const web = /^@holdfast\/(core|service|adapters\/(bun|deno|redis|postgres)$)/
const libraries = [
  { libs: 'DOM', lib: ['ES2022', 'DOM'], types: [], needed: web },
  { libs: 'WebWorker', lib: ['ES2022', 'WebWorker'], types: [], needed: web },
  {
    libs: "none but Node's types",
    lib: ['ES2022'],
    types: ['node'],
    needed: /^@holdfast\/(core|adapters\/(?!cloudflare))/,
  },
  {
    libs: "DOM and Node's types",
    lib: ['ES2022', 'DOM'],
    types: ['node'],
    needed: /^@holdfast\/(core|service|adapters\/(?!cloudflare))/,
  },
]

const matrix = Object.entries(compilers).flatMap(([version, compiler]) =>
  (['bundler', 'node16'] as const).flatMap((resolution) =>
    libraries.map((library) => ({ ...library, version, compiler, resolution })),
  ),
)

it.each(matrix)(
  'TypeScript $version, $resolution, libraries: $libs',
  ({ lib, types, needed, compiler, resolution }) => {
    const specifiers = entries.map(({ specifier }) => specifier).filter((specifier) => needed.test(specifier))
    expect(specifiers.length).toBeGreaterThan(7)
    const imports = specifiers.map((specifier, index) => `export * as entry${index} from '${specifier}'\n`)
    writeFileSync(join(folder, 'entries.ts'), imports.join(''))
    writeFileSync(join(folder, 'program.ts'), program)
    const compilerOptions = {
      noEmit: true,
      strict: true,
      skipLibCheck: false,
      target: 'ES2022',
      lib,
      types,
      typeRoots: [join(root, 'node_modules/@types')],
      module: resolution === 'bundler' ? 'ESNext' : 'Node16',
      moduleResolution: resolution,
    }
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, files: ['entries.ts', 'program.ts'] }),
    )
    expect(errorsOf(compiler)).toBe('')
  },
)

/** What the compiler prints. */
function errorsOf(compiler: string): string {
  try {
    return execFileSync(process.execPath, [join(root, 'node_modules', compiler, 'bin/tsc'), '-p', folder], {
      encoding: 'utf8',
    })
  } catch (error) {
    return (error as { stdout: string }).stdout
  }
}

// A schema says what the events' data are, be it one for all or one for each type, and an EventSource what its messages are.
const program = `
import { eventStream } from '@holdfast/core'
import { connect, EventSource } from '@holdfast/core/client'
import { createHub } from '@holdfast/core/hub'

type Result<Output> = { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly { readonly message: string }[] }
interface Schema<Output> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => Result<Output> | Promise<Result<Output>>
    readonly types?: { readonly input: Output; readonly output: Output } | undefined
  }
}
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
declare function is<T extends true>(): T

interface Quote { price: number }
declare const quote: Schema<Quote>
declare const note: Schema<string>

const one = connect('http://localhost/', { schema: quote, until: ({ data }) => data === '[DONE]' })
one.on('quote', (event) => { const data = event.json(); is<Equal<typeof data, Quote>>() })
export async function read(): Promise<void> {
  for await (const event of one) { const data = event.json(); is<Equal<typeof data, Quote>>() }
}

const each = connect(['http://localhost/'], { schema: { quote, note } })
each.on('quote', (event) => { const data = event.json(); is<Equal<typeof data, Quote>>() })
each.on('note', (event) => { const data = event.json(); is<Equal<typeof data, string>>() })

const source = new EventSource('http://localhost/')
source.onmessage = ({ data }) => { is<Equal<typeof data, string>>() }
source.addEventListener('message', ({ data }) => { is<Equal<typeof data, string>>() })

export const answer = (request: Request): Response =>
  eventStream(request, (stream) => stream.send('hello'), { headers: { 'x-served-by': 'a' } })

export const respond = (request: Request): Promise<Response> => createHub().respond(request, { topics: ['clock'] })
`
