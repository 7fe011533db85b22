import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseSync } from 'vite'

/** What a module or a declaration file imports, in whichever way. */
export function importsOf(path: string, text: string): string[] {
  const { module } = parse(path, text)
  return [
    ...module.staticImports.map((each) => each.moduleRequest.value),
    ...module.staticExports.flatMap((each) => each.entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? [])),
    // A computed name is shown as it stands, which no list allows.
    ...module.dynamicImports.map(({ moduleRequest: { start, end } }) =>
      text.slice(start, end).replace(/^(["'])(.*)\1$/, '$2'),
    ),
    // Types are imported by expressions too.
    ...[...text.matchAll(/\bimport\(\s*["']([^"']+)["']\s*\)/g)].map((match) => match[1]!),
  ]
}

/** The names that a declaration file exports, values and types alike. */
export function exportedNames(path: string): string[] {
  const { module } = parse(path, readFileSync(path, 'utf8'))
  return module.staticExports.flatMap(({ entries }) =>
    entries.flatMap(({ exportName, moduleRequest }) => {
      if (exportName.name !== null) return [exportName.name]
      // `export * from`: the declarations of what it names stand beside it.
      return moduleRequest ? exportedNames(join(dirname(path), moduleRequest.value.replace(/\.js$/, '.d.ts'))) : []
    }),
  )
}

function parse(path: string, text: string): ReturnType<typeof parseSync> {
  const result = parseSync(path, text)
  if (result.errors.length > 0) throw new Error(`Cannot parse ${path}: ${result.errors[0]!.message}`)
  return result
}
