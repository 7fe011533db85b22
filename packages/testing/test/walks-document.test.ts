import { expect, it } from 'vitest'
import { listedFiles, withFiles } from '../src/walks/document.ts'
import type { Walk } from '../src/walks/walk.ts'

const walk: Walk = { letter: 'b', title: 'An event', limit: 14, measure: () => Promise.resolve([]) }
const section = '### (b) An old title\n\n1. `z.ts` asks\n2. `gone.ts` was here\n3. `a.ts` answers\n'
const document = `# Page\n\n<!-- walk a -->\n1. \`other.ts\`\n<!-- /walk a -->\n\n<!-- walk b -->\n${section}<!-- /walk b -->\n\nThe end\n`

it('reads the files of one walk and what they do, in their order', () => {
  expect(listedFiles(document, walk)).toEqual([
    { file: 'z.ts', words: 'asks' },
    { file: 'gone.ts', words: 'was here' },
    { file: 'a.ts', words: 'answers' },
  ])
})

it('keeps place and words of who stays, puts who is new last, and touches nothing else', () => {
  const written = withFiles(document, walk, ['a.ts', 'new.ts', 'z.ts'])
  expect(written).toContain(
    '### (b) An event\n\n1. `z.ts` asks\n2. `a.ts` answers\n3. `new.ts`\n\n<!-- /walk b -->\n\nThe end\n',
  )
  expect(written).toContain('<!-- walk a -->\n1. `other.ts`\n<!-- /walk a -->')
  expect(withFiles(written, walk, ['a.ts', 'new.ts', 'z.ts'])).toBe(written)
})

it('says which walk a document lacks', () => {
  expect(() => listedFiles('# Page', walk)).toThrow('"<!-- walk b -->"')
})
