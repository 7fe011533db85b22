import { hub } from '../../../lib/hub'

type Context = RouteContext<'/rooms/[room]'>

export async function GET(request: Request, { params }: Context) {
  return hub.respond(request, { topics: [(await params).room] })
}

export async function POST(request: Request, { params }: Context) {
  return Response.json(await hub.publish((await params).room, { data: await request.json() }))
}
