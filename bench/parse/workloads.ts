/** What is parsed: a stream as it comes from the network. */
export interface Workload {
  name: string
  chunks: readonly Uint8Array[]
  events: number
  /** How many times as fast as the peer we want to be at least, by runtime where that is more than 1. */
  least?: Record<string, number>
}

const encoder = new TextEncoder()
const anywhere = (least: number): Record<string, number> => ({ Node: least, Bun: least, Deno: least })

/** Made when asked for, since some are large. */
export const workloads: Record<string, () => Workload> = {
  tokens: () => each('LLM tokens, one event a chunk', tokens(20_000)),
  names: () =>
    each(
      'LLM tokens with event names, one event a chunk',
      tokens(20_000).map((text) => `event: content_block_delta\n${text}`),
    ),
  small: () => cut('small events, 64 KB chunks', ticks(60_000, '\n'), 65_536),
  ids: () => cut('small events with ids, 64 KB chunks', withIds(ticks(60_000, '\n')), 65_536),
  crlf: () => ({ ...cut('small events, CRLF, 64 KB chunks', ticks(60_000, '\r\n'), 65_536), least: anywhere(1.5) }),
  unicode: () =>
    cut(
      'not ASCII, 64 KB chunks',
      ticks(60_000, '\n').map((text) => text.replace('tick', 'größe €')),
      65_536,
    ),
  dribble: () => ({ ...cut('1 to 7 bytes a chunk', ticks(6_000, '\n'), (i) => ((i * 5) % 7) + 1), least: { Node: 4 } }),
  lines: () => cut('data of 400 lines, 16 KB chunks', multiline(150, 400), 16_384),
  large: () =>
    cut(
      'data of 1 MB in one line, 16 KB chunks',
      ['x', 'y'].map((letter) => `data: ${letter.repeat(1_000_000)}\n\n`),
      16_384,
    ),
}

function each(name: string, events: readonly string[]): Workload {
  return { name, events: events.length, chunks: events.map((text) => encoder.encode(text)) }
}

function cut(name: string, events: readonly string[], sizes: number | ((index: number) => number)): Workload {
  const bytes = encoder.encode(events.join(''))
  const chunks: Uint8Array[] = []
  for (let at = 0; at < bytes.length;) {
    const size = typeof sizes === 'number' ? sizes : sizes(chunks.length)
    chunks.push(bytes.slice(at, (at += size)))
  }
  return { name, events: events.length, chunks }
}

function tokens(count: number): string[] {
  return Array.from({ length: count }, (_, i) => {
    const delta = JSON.stringify({
      id: 'chatcmpl-9xK2',
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta: { content: ` token${i}` } }],
    })
    return `data: ${delta}\n\n`
  })
}

function ticks(count: number, end: string): string[] {
  return Array.from(
    { length: count },
    (_, i) => `data: {"seq":${i},"kind":"tick","value":${(i * 7919) % 1000}}${end}${end}`,
  )
}

function withIds(events: readonly string[]): string[] {
  return events.map((text, i) => `event: tick\nid: c1~38ktp2ey-mf1a2b3c-${i.toString(36)}\n${text}`)
}

function multiline(count: number, lines: number): string[] {
  return Array.from(
    { length: count },
    () => `${Array.from({ length: lines }, (_, i) => `data: line ${i} of a longer text\n`).join('')}\n`,
  )
}
