import { make } from './dom.ts'
import type { StreamEvent } from './stream.ts'

const longest = 50
const mostText = 1_000

/** The latest events, newest first, each with the servers it came from. */
export interface EventList {
  /** Show an event, or mark that one more server has delivered it. */
  add(event: StreamEvent, server: number): void
  /** Show the topic `system` as well. */
  showSystem(show: boolean): void
}

/** Draw the list into `list`; `empty` is what stands there until the first event. */
export function createEventList(list: HTMLOListElement, empty: HTMLElement, servers: number): EventList {
  const shown = new Map<string, HTMLElement>()
  let withSystem = false

  function insert(event: StreamEvent): HTMLElement {
    const item = draw(event, servers)
    list.prepend(item)
    shown.set(keyOf(event), item)
    for (const [oldest, element] of shown) {
      if (shown.size <= longest) break
      shown.delete(oldest)
      element.remove()
    }
    empty.hidden = true
    return item
  }

  return {
    add(event, server) {
      if (event.topic === 'system' && !withSystem) return
      const item = shown.get(keyOf(event)) ?? insert(event)
      item.querySelector(`[data-server="${server}"]`)?.classList.add('seen')
    },
    showSystem(show) {
      withSystem = show
      // Two samples a second read aloud would drown everything else.
      list.ariaLive = show ? 'off' : 'polite'
    },
  }
}

function keyOf({ topic, mark, type }: StreamEvent): string {
  return `${topic} ${mark} ${type}`
}

function draw({ topic, type, data }: StreamEvent, servers: number): HTMLElement {
  const time = make('time', 'faint', new Date().toLocaleTimeString('en-GB'))
  const marks = Array.from({ length: servers }, (_, index) => mark(index + 1))
  const via = make('span', 'via', ...marks)
  via.title = 'The servers it came from'
  const kind = type === 'message' ? [] : [make('span', 'kind', type)]
  const text = data.length > mostText ? `${data.slice(0, mostText)}…` : data
  return make('li', '', make('p', 'meta', make('span', 'topic', topic), ...kind, time, via), make('p', 'data', text))
}

function mark(server: number): HTMLElement {
  const made = make('span', '', String(server))
  made.dataset['server'] = String(server)
  return made
}
