import { createHub, type Hub } from '@holdfast/core/hub'

// `next dev` loads a module anew after each change of it, and the old hub's readers would hear nothing any more.
const kept = globalThis as typeof globalThis & { hub?: Hub }

// Every room is a topic of one hub: what is published there reaches all who read it, and who comes back misses nothing.
export const hub = (kept.hub ??= createHub({
  onClose: ({ topics, reason }) => console.log(`${topics} closed: ${reason}`),
}))
