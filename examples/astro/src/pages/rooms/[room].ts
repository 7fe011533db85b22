import type { APIRoute } from 'astro'
import { hub } from '../../hub'

export const GET: APIRoute<{}, 'room'> = ({ request, params }) => hub.respond(request, { topics: [params.room] })

export const POST: APIRoute<{}, 'room'> = async ({ request, params }) =>
  Response.json(await hub.publish(params.room, { data: await request.json() }))
