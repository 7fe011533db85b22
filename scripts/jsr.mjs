/**
 * What JSR is told of the packages:
 *
 *     node scripts/jsr.mjs --write    bring each jsr.json up to date with its package.json
 *     node scripts/jsr.mjs FOLDER     lay out what is published there, for `deno publish` in that folder
 *
 * Apart from the repository, since Deno would take pnpm's workspace for its own and rewrite package.json. Plain Node 20.
 */
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { fileURLToPath, pathToFileURL } from 'node:url'

// JSR checks the types of what it takes, with Deno's own, which know nothing of Durable Objects and of React.
const onlyOnNpm = ['@holdfast/react', './cloudflare']

const root = fileURLToPath(new URL('../', import.meta.url))

/** The folders of what is published there. */
export const published = readdirSync(join(root, 'packages'))
  .map((name) => join(root, 'packages', name))
  .filter((folder) => existsSync(join(folder, 'package.json')))
  .filter((folder) => !manifestIn(folder).private && !onlyOnNpm.includes(manifestIn(folder).name))

/** The text of a package's jsr.json. */
export function jsrManifest(folder) {
  const { name, version, license, exports, dependencies = {}, peerDependencies = {} } = manifestIn(folder)
  const sources = Object.entries(exports).map(([entry, target]) => [entry, target['@holdfast/source']])
  const hidden = sources
    .filter(([entry]) => onlyOnNpm.includes(entry))
    .map(([, source]) => source.replace(/\/[^/]+$/, ''))
  const imports = [
    // All of them have one version.
    ...Object.keys(dependencies).map((each) => [each, `jsr:${each}@^${version}`]),
    ...Object.entries(peerDependencies).map(([each, range]) => [each, `npm:${each}@${range}`]),
  ]
  const manifest = {
    $schema: 'https://jsr.io/schema/config-file.v1.json',
    name,
    version,
    license,
    exports: Object.fromEntries(sources.filter(([entry]) => !onlyOnNpm.includes(entry))),
    ...(imports.length > 0 && { imports: Object.fromEntries(imports) }),
    publish: { include: ['src', 'README.md', 'LICENSE', 'jsr.json'], ...(hidden.length > 0 && { exclude: hidden }) },
  }
  return `${JSON.stringify(manifest, null, 2)}\n`
}

function writeManifests() {
  for (const folder of published) writeFileSync(join(folder, 'jsr.json'), jsrManifest(folder))
}

function layOut(destination) {
  const members = published.map((folder) => {
    const member = manifestIn(folder).name.split('/')[1]
    for (const each of ['src', 'README.md', 'jsr.json']) {
      cpSync(join(folder, each), join(destination, member, each), { recursive: true })
    }
    cpSync(join(root, 'LICENSE'), join(destination, member, 'LICENSE'))
    return `./${member}`
  })
  writeFileSync(join(destination, 'deno.json'), JSON.stringify({ workspace: members }))
}

function manifestIn(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [what] = process.argv.slice(2)
  if (what === '--write') writeManifests()
  else if (what !== undefined) layOut(resolve(what))
  else console.error('Cannot do anything: say --write, or name a folder')
}
