import { createHub } from '@holdfast/core/hub'

// Every room is a topic of one hub: what is published there reaches all who read it, and who comes back misses nothing.
export const hub = createHub({ onClose: ({ topics, reason }) => console.log(`${topics} closed: ${reason}`) })
