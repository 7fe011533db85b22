import { afterEach, describe, expect, it, vi } from 'vitest'
import { decodeLastEventId, lastEventIdHeader } from '../../src/wire/last-event-id.ts'

const header = (id: string): string => String.fromCharCode(...new TextEncoder().encode(id))

describe('lastEventIdHeader', () => {
  it.each(['7', 'c1~38ktp2ey-mf1a2b3c-7', 'grüße', '日本', 'é€😀', 'a b', 'a\tb', 'a\x80b', '\xa0', '~', '0', 'ÿ'])(
    'gives %j as its bytes in UTF-8, which the other side reads',
    (id) => {
      expect(lastEventIdHeader(id)).toBe(header(id))
      expect(decodeLastEventId(lastEventIdHeader(id) as string)).toBe(id)
      expect(new Headers({ 'last-event-id': lastEventIdHeader(id) as string }).get('last-event-id')).toBe(header(id))
    },
  )

  it('gives none for the empty ID', () => expect(lastEventIdHeader('')).toBeUndefined())

  it('gives none for control characters, but for a tab', () => {
    for (let code = 0; code < 0x20; code++) {
      if (code !== 9) expect(lastEventIdHeader(`a${String.fromCharCode(code)}b`), `${code}`).toBeUndefined()
    }
    expect(lastEventIdHeader('\x7f')).toBeUndefined()
  })

  it('gives none for more than 4 KiB in UTF-8', () => {
    expect(lastEventIdHeader('x'.repeat(4_096))).toHaveLength(4_096)
    expect(lastEventIdHeader('x'.repeat(4_097))).toBeUndefined()
    expect(lastEventIdHeader('é'.repeat(2_048))).toHaveLength(4_096)
    expect(lastEventIdHeader('é'.repeat(2_048) + 'x')).toBeUndefined()
    for (const size of [17_000, 200_000, 10_000_000]) expect(lastEventIdHeader('x'.repeat(size))).toBeUndefined()
  })

  it('writes half a surrogate pair as the encoder does', () => {
    expect(lastEventIdHeader('a\ud800')).toBe(header('a\ufffd'))
  })
})

describe('decodeLastEventId', () => {
  it('takes what is no bytes as it is, and replaces what is no UTF-8', () => {
    expect(decodeLastEventId('日本')).toBe('日本')
    expect(decodeLastEventId('a\xfc')).toBe('a\ufffd')
    expect(decodeLastEventId('\xef\xbb\xbfa')).toBe('\ufeffa')
  })
})

describe('on workerd, which encodes and decodes values itself', () => {
  afterEach(() => {
    vi.unstubAllGlobals()
    vi.resetModules()
  })

  it('gives and takes the ID as it is', async () => {
    vi.stubGlobal('navigator', { userAgent: 'Cloudflare-Workers' })
    vi.resetModules()
    const onWorkerd = await import('../../src/wire/last-event-id.ts')
    expect(onWorkerd.lastEventIdHeader('grüße')).toBe('grüße')
    expect(onWorkerd.lastEventIdHeader('é'.repeat(2_049))).toBeUndefined()
    expect(onWorkerd.decodeLastEventId('grüße')).toBe('grüße')
    expect(onWorkerd.decodeLastEventId('Ã¼')).toBe('Ã¼')
  })
})
