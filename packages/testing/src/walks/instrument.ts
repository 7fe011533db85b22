import { readFile } from 'node:fs/promises'
import { type Plugin, transform } from 'esbuild'
import { parseAst } from 'vite'
import { workspaceRoot } from '../launch.ts'

/** The global set that instrumented functions add their file to. */
const calledFiles = '__calledFiles'

/** Lets each function of the workspace note that it was called: workerd's inspector counts no calls (1.2026). */
export const instrument: Plugin = {
  name: 'instrument',
  setup({ onLoad }) {
    onLoad({ filter: /\/packages\/[^/]+\/src\/.*\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8')
      const { code } = await transform(source, { loader: 'ts', format: 'esm', target: 'es2022' })
      return { contents: noting(code, path.slice(workspaceRoot.length)), loader: 'js' }
    })
  },
}

interface Node {
  type: string
  start: number
  end: number
  body?: unknown
}

function noting(code: string, file: string): string {
  const note = `globalThis.${calledFiles}?.add(${JSON.stringify(file)})`
  const inserts: { at: number; text: string }[] = []
  visit(parseAst(code), ({ type, body }) => {
    if (!type.endsWith('FunctionExpression') && type !== 'FunctionDeclaration') return
    const { start, end, type: bodyType } = body as Node
    if (bodyType === 'BlockStatement') inserts.push({ at: start + 1, text: `${note};` })
    else inserts.push({ at: start, text: `(${note}, ` }, { at: end, text: ')' })
  })
  let result = code
  for (const { at, text } of inserts.toSorted((a, b) => b.at - a.at))
    result = result.slice(0, at) + text + result.slice(at)
  return result
}

function visit(value: unknown, look: (node: Node) => void): void {
  if (typeof value !== 'object' || value === null) return
  if ('type' in value && 'start' in value) look(value as Node)
  for (const child of Object.values(value)) visit(child, look)
}
