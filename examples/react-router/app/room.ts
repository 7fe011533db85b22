import { createHub } from '@holdfast/core/hub'
import type { Route } from './+types/room'

// Every room is a topic of one hub: what is published there reaches all who read it, and who comes back misses nothing.
const hub = createHub({ onClose: ({ topics, reason }) => console.log(`${topics} closed: ${reason}`) })

export const loader = ({ request, params }: Route.LoaderArgs) => hub.respond(request, { topics: [params.room] })

export const action = async ({ request, params }: Route.ActionArgs) =>
  Response.json(await hub.publish(params.room, { data: await request.json() }))
