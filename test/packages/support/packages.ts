import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root: string = fileURLToPath(new URL('../../../', import.meta.url))

interface Manifest {
  name: string
  private?: boolean
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
  exports: Record<string, { types: string; default: string }>
}

/** One that is published. */
export interface Package {
  name: string
  folder: string
  /** Those that a consumer's installer brings from the registry, and those that the consumer has himself. */
  foreignDependencies: string[]
  entries: Entry[]
}

/** What a consumer may import. Its files are absolute, in `dist`. */
export interface Entry {
  specifier: string
  types: string
  file: string
  /** Not what imports `cloudflare:workers`, which is nowhere but in workerd. */
  runsOnNode: boolean
}

/** Every package of the workspace that is not private. */
export const packages: Package[] = readdirSync(join(root, 'packages'))
  .map((name) => join(root, 'packages', name))
  .flatMap((folder) => {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
    return manifest.private ? [] : [describe(folder, manifest)]
  })

export const entries: Entry[] = packages.flatMap((each) => each.entries)

function describe(folder: string, manifest: Manifest): Package {
  const { name, dependencies = {}, devDependencies = {}, peerDependencies = {}, exports } = manifest
  // What the package does not install even for itself, it only knows by its shape: it must do without.
  const peers = Object.keys(peerDependencies).filter((each) => each in devDependencies)
  return {
    name,
    folder,
    foreignDependencies: [...Object.keys(dependencies), ...peers].filter((each) => !each.startsWith('@holdfast/')),
    entries: Object.entries(exports).map(([path, target]) => ({
      specifier: join(name, path),
      types: join(folder, target.types),
      file: join(folder, target.default),
      runsOnNode: path !== './cloudflare',
    })),
  }
}
