import type { Walk } from './walk.ts'

/** A file of a list, and what it does there. */
export interface Listed {
  file: string
  words: string
}

/**
 * The lists of files as ARCHITECTURE.md has them: between `<!-- walk a -->` and `<!-- /walk a -->` a heading and a numbered
 * list of files in the order in which they are best read, each with what it does there.
 */
export function listedFiles(document: string, { letter }: Walk): Listed[] {
  return entries(sectionOf(document, letter))
}

/** The document with a walk's list brought up to date: who stays keeps place and words, who is new comes last. */
export function withFiles(document: string, walk: Walk, files: readonly string[]): string {
  const section = sectionOf(document, walk.letter)
  const kept = entries(section).filter(({ file }) => files.includes(file))
  const added = files.filter((file) => !kept.some((entry) => entry.file === file)).map((file) => ({ file, words: '' }))
  const lines = [...kept, ...added].map(({ file, words }, index) => `${index + 1}. \`${file}\` ${words}`.trim())
  const text = `\n### (${walk.letter}) ${walk.title}\n\n${lines.join('\n')}\n\n`
  return document.replace(between(walk.letter), (_, start: string, _old: string, end: string) => start + text + end)
}

function entries(section: string): Listed[] {
  return [...section.matchAll(/^\d+\. `([^`]+)`(.*)$/gm)].map(([, file = '', words = '']) => ({
    file,
    words: words.trim(),
  }))
}

function sectionOf(document: string, letter: string): string {
  const [, , section] = between(letter).exec(document) ?? []
  if (section === undefined)
    throw new Error(`ARCHITECTURE.md has no "<!-- walk ${letter} -->" … "<!-- /walk ${letter} -->"`)
  return section
}

function between(letter: string): RegExp {
  return new RegExp(`(<!-- walk ${letter} -->\n)([^]*?)(<!-- /walk ${letter} -->)`)
}
