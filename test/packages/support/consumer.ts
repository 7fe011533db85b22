import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { type Package, packages, root } from './packages.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** A project that has installed the packages as published: `node_modules`, and the tarballs in `tarballs`. */
    consumer: string
    /** Name → tarball. */
    tarballs: Record<string, string>
  }
}

/** Build from nothing, pack, and install into a folder far from this workspace. */
export default function setup(project: TestProject): () => void {
  build()
  const consumer = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-consumer-')))
  const tarballs = Object.fromEntries(packages.map((each) => [each.name, install(each, consumer)]))
  project.provide('consumer', consumer)
  project.provide('tarballs', tarballs)
  return () => rmSync(consumer, { recursive: true })
}

function build(): void {
  // The compiler leaves what it emitted for a source that is gone, and that would be packed.
  for (const { folder } of packages) rmSync(join(folder, 'dist'), { recursive: true, force: true })
  execFileSync('tsc', ['-b', '--force', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' })
}

function install({ name, folder, foreignDependencies }: Package, consumer: string): string {
  const destination = join(consumer, 'tarballs', name)
  mkdirSync(destination, { recursive: true })
  execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', destination], {
    cwd: folder,
    stdio: 'ignore',
  })
  const tarball = join(destination, readdirSync(destination)[0]!)

  const installed = join(consumer, 'node_modules', name)
  mkdirSync(installed, { recursive: true })
  execFileSync('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1'])
  for (const dependency of foreignDependencies)
    link(join(folder, 'node_modules', dependency), join(consumer, 'node_modules', dependency))
  return tarball
}

function link(target: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true })
  rmSync(path, { force: true })
  symlinkSync(realpathSync(target), path)
}
