import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { pack } from './pack.ts'
import { type Package, packages } from './packages.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** A project that has installed the packages as published: `node_modules`, and the tarballs in `tarballs`. */
    consumer: string
    /** Name → tarball. */
    tarballs: Record<string, string>
  }
}

/** Build from nothing, pack, and unpack into a folder far from this workspace. */
export default function setup(project: TestProject): () => void {
  const consumer = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-consumer-')))
  const tarballs = pack(join(consumer, 'tarballs'))
  for (const each of packages) install(each, tarballs[each.name]!, consumer)
  project.provide('consumer', consumer)
  project.provide('tarballs', tarballs)
  return () => rmSync(consumer, { recursive: true })
}

function install({ name, folder, foreignDependencies }: Package, tarball: string, consumer: string): void {
  const installed = join(consumer, 'node_modules', name)
  mkdirSync(installed, { recursive: true })
  execFileSync('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1'])
  for (const dependency of foreignDependencies)
    link(join(folder, 'node_modules', dependency), join(consumer, 'node_modules', dependency))
}

function link(target: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true })
  rmSync(path, { force: true })
  symlinkSync(realpathSync(target), path)
}
