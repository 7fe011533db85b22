import { defineHandler, getRouterParam } from 'nitro/h3'
import { hub } from '../../hub'

export default defineHandler((event) => hub.respond(event.req, { topics: [getRouterParam(event, 'room') ?? ''] }))
