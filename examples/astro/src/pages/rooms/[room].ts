import type { APIRoute } from 'astro'
import { hub } from '../../hub'

export const GET: APIRoute = ({ request, params: { room = '' } }) => hub.respond(request, { topics: [room] })

export const POST: APIRoute = async ({ request, params: { room = '' } }) =>
  Response.json(await hub.publish(room, { data: await request.json() }))
