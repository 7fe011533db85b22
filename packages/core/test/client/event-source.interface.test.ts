import { afterEach, describe, expect, expectTypeOf, it, vi } from 'vitest'
import { EventSource, type EventSourceErrorEvent } from '../../src/client/index.ts'

const open: EventSource[] = []
afterEach(() => {
  for (const source of open.splice(0)) source.close()
  vi.unstubAllGlobals()
})

/** One whose fetch never answers. */
function quiet(url = 'https://example.test/', init: object = {}): EventSource {
  const source = new EventSource(url, { fetch: () => new Promise(() => {}), ...init })
  open.push(source)
  return source
}

// The whole of the interface is examined on every runtime: packages/testing/src/event-source. Here is what needs stubs or types.

describe('the base of a URL', () => {
  it("is the document's, before the location", () => {
    vi.stubGlobal('document', { baseURI: 'https://document.test/a/' })
    vi.stubGlobal('location', { href: 'https://location.test/b/' })
    expect(quiet('c').url).toBe('https://document.test/a/c')
  })

  it("is the location's in a worker", () => {
    vi.stubGlobal('location', { href: 'https://location.test/b/' })
    expect(quiet('c').url).toBe('https://location.test/b/c')
  })

  it('is none otherwise', () => {
    expect(() => quiet('c')).toThrow(
      expect.objectContaining({ name: 'SyntaxError', message: 'Cannot construct EventSource: "c" is no URL' }),
    )
  })
})

describe('the types', () => {
  it('tell a listener its event', () => {
    const source = quiet()
    const onMessage = (event: MessageEvent<string>): string => event.data
    source.onmessage = onMessage
    source.addEventListener('price', onMessage)
    expectTypeOf(EventSource.CLOSED).toEqualTypeOf<2>()
    source.addEventListener('message', ({ data }) => expectTypeOf(data).toEqualTypeOf<string>())
    source.addEventListener('open', (event) => expectTypeOf(event).toEqualTypeOf<Event>())
    source.addEventListener('error', (event) => expectTypeOf(event).toEqualTypeOf<EventSourceErrorEvent>())
    source.addEventListener('price', ({ data, type }) =>
      expectTypeOf({ data, type }).toEqualTypeOf<{ data: string; type: string }>(),
    )
    source.addEventListener('price', { handleEvent: () => {} })
    quiet('https://example.test/', { fetch })
  })
})
