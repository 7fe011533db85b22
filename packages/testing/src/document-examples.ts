import { spawnSync } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { workspaceRoot } from './launch.ts'

/** The examples of a file of `docs/` in a language, TypeScript unless it is named, in their order. */
export async function examplesOf(document: string, language = 'ts'): Promise<string[]> {
  const page = await readFile(`${workspaceRoot}docs/${document}`, 'utf8')
  // Indented where it belongs to an item of a list.
  const blocks = new RegExp(`^( *)\`\`\`${language}\\n([^]*?)^\\1\`\`\`$`, 'gm')
  return [...page.matchAll(blocks)].map(([, indent = '', code = '']) =>
    code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  )
}

/**
 * What the compiler has against examples, each a file of its own; empty when nothing.
 *
 * @param name - of the package whose dependencies they may import
 */
export async function typeErrorsIn(examples: readonly string[], name = 'testing', extension = 'ts'): Promise<string> {
  // There, so that the packages are found; with a dot, so that nothing else looks at it.
  const folder = `${workspaceRoot}packages/${name}/test/.examples-${crypto.randomUUID()}`
  await mkdir(folder, { recursive: true })
  try {
    const files = examples.map((_, index) => `example-${index + 1}.${extension}`)
    const compilerOptions = { noUnusedLocals: false, jsx: 'react-jsx' }
    await writeFile(
      `${folder}/tsconfig.json`,
      JSON.stringify({ extends: '../../../../tsconfig.json', compilerOptions, files, include: [] }),
    )
    for (const [index, code] of examples.entries()) await writeFile(`${folder}/example-${index + 1}.${extension}`, code)
    return spawnSync(`${workspaceRoot}node_modules/.bin/tsc`, ['-p', folder], { encoding: 'utf8' }).stdout
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
