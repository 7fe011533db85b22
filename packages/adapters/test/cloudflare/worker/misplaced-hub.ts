import { createHub, type Hub } from '@holdfast/core/hub'

// As on any other runtime, and wrong here.
const atTheTop = ((): Hub | { code: string; message: string } => {
  try {
    return createHub()
  } catch (error) {
    return error as { code: string; message: string }
  }
})()

let fromTheFirst: Hub | undefined

const worker = {
  async fetch(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url)
    if (pathname === '/top') return Response.json('code' in atTheTop ? tell(atTheTop) : 'made')
    const hub = pathname === '/first' ? (fromTheFirst ??= createHub()) : createHub()
    try {
      return await hub.respond(request, { topics: ['news'] })
    } catch (error) {
      return Response.json(tell(error as { code: string; message: string }))
    }
  },
}
export default worker

function tell({ code, message }: { code: string; message: string }): { code: string; message: string } {
  return { code, message }
}
