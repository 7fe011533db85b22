import { hub } from '#lib/server/hub.ts'
import type { RequestHandler } from './$types'

export const GET: RequestHandler = ({ request, params }) => hub.respond(request, { topics: [params.room] })

export const POST: RequestHandler = async ({ request, params }) =>
  Response.json(await hub.publish(params.room, { data: await request.json() }))
