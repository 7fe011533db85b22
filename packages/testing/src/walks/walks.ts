import { connecting, consuming } from './consume.ts'
import { filesInThisProcess } from './coverage.ts'
import { filesInWorkerd } from './durable-object.ts'
import { publishing } from './publish.ts'
import { resuming } from './resume.ts'
import type { Walk } from './walk.ts'

export const walks: readonly Walk[] = [
  {
    letter: 'a',
    title: 'A publish, from POST to the socket on Node',
    // Four of them are what a request must be before anybody sees it: its target, its host, the time for its body.
    // Eight are what bounds cost: of rings together, of topics, of the memory broker's events by age and of its longest turn,
    // of a body's depth.
    // Four are what one subscriber gets next: the order of things, its places, its ids, its hints.
    // One is the stream of a hub: what an idle connection keeps is an object of its own, not closures.
    limit: 40,
    measure: () => filesInThisProcess(publishing),
  },
  {
    letter: 'b',
    title: 'An event, from the socket through `connect()` to `for await`',
    limit: 14,
    measure: () => filesInThisProcess(consuming),
    // Opening the stream is most of what a client does, and no event goes that way.
    measureAll: () => filesInThisProcess(connecting),
  },
  {
    letter: 'c',
    title: 'A publish, through the Durable Object to a client',
    limit: 15,
    // In the Worker and in the object: hub and response are those of walk (a), the SQL of a log is that of every file.
    rooms: /^packages\/adapters\/src\/cloudflare\//,
    measure: filesInWorkerd,
  },
  {
    letter: 'd',
    title: 'Last-Event-ID, from the header to the replay',
    // Two of them are the hub's own parts, and what it says of its load; two the stream of a hub and its lease of a feed.
    limit: 29,
    // Where the hub has found what was missed, walk (a) begins: how it is written, one response, and its adapter. So of the
    // wire only the header and the positions belong to it.
    rooms: /^packages\/core\/src\/(?:hub\/|wire\/(?:last-event-id|position)\.ts$)/,
    measure: () => filesInThisProcess(resuming),
  },
]
