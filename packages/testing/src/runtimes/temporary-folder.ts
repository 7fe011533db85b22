import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder that goes when it is disposed of. */
export interface TemporaryFolder extends AsyncDisposable {
  readonly path: string
}

/** Make a folder outside of the workspace, with these files in it. */
export async function temporaryFolder(files: Record<string, string | Uint8Array> = {}): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), 'holdfast-'))
  for (const [name, content] of Object.entries(files)) await writeFile(join(path, name), content)
  // What was killed a moment ago may still write into it.
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) }
}
