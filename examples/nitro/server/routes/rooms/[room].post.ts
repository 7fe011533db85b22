import { defineHandler, getRouterParam } from 'nitro/h3'
import { hub } from '../../hub'

export default defineHandler(async (event) =>
  hub.publish(getRouterParam(event, 'room') ?? '', { data: await event.req.json() }),
)
