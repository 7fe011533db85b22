import { describe, expect, it } from 'vitest'
import { en } from '../src/i18n/en.ts'
import { zh } from '../src/i18n/zh.ts'

/** Every key of a dictionary with what kind of value it has: `log.open function`. */
function keysOf(words: object, prefix = ''): string[] {
  return Object.entries(words).flatMap(([key, value]) =>
    typeof value === 'object' && value !== null ? keysOf(value, `${prefix}${key}.`) : `${prefix}${key} ${typeof value}`,
  )
}

describe('the dictionaries', () => {
  it('have the same keys', () => {
    expect(keysOf(zh).toSorted()).toEqual(keysOf(en).toSorted())
  })

  it('use every value that they are given', () => {
    for (const words of [en, zh]) {
      expect(words.log.switched('A1', 'B2', 'C3')).toMatch(/A1.*B2.*C3/)
      expect(words.log.suspect('A1', '1.3')).toMatch(/A1.*1\.3/)
      expect(words.log.recoveredLess('1.3', 42)).toMatch(/1\.3.*42/)
    }
  })
})
