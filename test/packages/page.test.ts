import { readdirSync, statSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { fileURLToPath } from 'node:url'
import { build, type Rolldown } from 'vite'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../apps/web', import.meta.url))

it('the page takes less than 60 KB, gzipped, its script and its style together', async () => {
  const configFile = `${root}/vite.config.ts`
  const { output } = (await build({
    root,
    configFile,
    logLevel: 'silent',
    build: { write: false },
  })) as Rolldown.RolldownOutput
  const sizes = output.map((file) => gzipSync(file.type === 'chunk' ? file.code : file.source).length)
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(60_000)
})

it('each of its pictures takes less than 60 KB', () => {
  const folder = new URL('../../docs/images/', import.meta.url)
  const pictures = readdirSync(folder)
  expect(pictures).toContain('switch.webp')
  expect(pictures.filter((name) => statSync(new URL(name, folder)).size >= 60_000)).toEqual([])
})
