import { expect, test } from 'vitest'
import { characterBoundary, detached } from '../../src/wire/bytes.ts'

/** [what the chunk ends with, how many of its last bytes belong to a character that goes on in the next chunk]. */
const ends: [name: string, bytes: number[], open: number][] = [
  ['nothing', [], 0],
  ['ASCII', [0x61], 0],
  ['the first of two bytes', [0x61, 0xc2], 1],
  ['the last lead of two bytes', [0x61, 0xdf], 1],
  ['two of two bytes', [0x61, 0xc3, 0xa4], 0],
  ['two of two bytes, with the last lead', [0x61, 0xdf, 0xbf], 0],
  ['one of three bytes', [0x61, 0xe0], 1],
  ['two of three bytes', [0x61, 0xe0, 0xa0], 2],
  ['two of three bytes, with the last lead', [0x61, 0xef, 0xbf], 2],
  ['three of three bytes', [0x61, 0xe2, 0x82, 0xac], 0],
  ['three of three bytes, with the last lead', [0x61, 0xef, 0xbf, 0xbd], 0],
  ['one of four bytes', [0x61, 0xf0], 1],
  ['three of four bytes', [0x61, 0xf0, 0x9f, 0x98], 3],
  ['four of four bytes', [0x61, 0xf0, 0x9f, 0x98, 0x80], 0],
  ['a lead alone in its chunk', [0xf0], 1],
  ['three bytes alone in their chunk', [0xf0, 0x9f, 0x98], 3],
  ['continuation bytes that nothing began', [0x80, 0x80, 0x80, 0x80, 0x80], 0],
  ['ASCII before continuation bytes', [0xf0, 0x61, 0x80], 0],
]

test.each(ends)('a chunk that ends with %s is cut where its last whole character ends', (_name, bytes, open) => {
  expect(characterBoundary(new Uint8Array(bytes))).toBe(bytes.length - open)
})

test('what any two or three bytes mean is the same, cut or whole', () => {
  const telling = [0x00, 0x61, 0x80, 0xbf, 0xc0, 0xc2, 0xdf, 0xe0, 0xef, 0xf0, 0xf4, 0xf8, 0xff]
  const whole = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
  for (const a of telling) {
    for (const b of telling) {
      for (const c of telling) {
        const bytes = new Uint8Array([a, b, c])
        const cut = characterBoundary(bytes)
        expect(whole(bytes.subarray(0, cut)) + whole(bytes.subarray(cut))).toBe(whole(bytes))
      }
    }
  }
})

test('a copied text is the text, however long', () => {
  const text = Array.from({ length: 60 }, (_, index) => String.fromCharCode(0x100 + index)).join('')
  for (let length = 0; length <= text.length; length++) {
    expect(detached(text.slice(0, length))).toBe(text.slice(0, length))
  }
})
