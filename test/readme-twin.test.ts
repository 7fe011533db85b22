import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../', import.meta.url))

/** What must be the same in both languages: how deep each heading is, the code, how long each table is, where links go. */
function skeleton(file: string): Record<string, unknown> {
  const text = readFileSync(`${root}${file}`, 'utf8')
  const code = [...text.matchAll(/^```[^]*?^```$/gm)].map(([block]) => block)
  const prose = text.replaceAll(/^```[^]*?^```$/gm, '')
  return {
    headings: [...prose.matchAll(/^#+(?= )/gm)].map(([marks]) => marks.length),
    code,
    tables: [...prose.matchAll(/(^\|.*\|\n)+/gm)].map(([table]) => table.split('\n').length),
    // In another word order some come earlier. Each links to the other.
    links: [...prose.matchAll(/\]\(([^)]+)\)/g)].map(([, target = '']) => target.replace('.zh-CN', '')).toSorted(),
  }
}

it('the Chinese README has the headings, the code, the tables and the links of the English one', () => {
  expect(skeleton('README.zh-CN.md')).toEqual(skeleton('README.md'))
})
