import { runClient } from '../client.ts'

const worker = {
  async fetch(request: Request): Promise<Response> {
    const { searchParams } = new URL(request.url)
    await runClient(searchParams.get('control') ?? '', searchParams.get('run') ?? '')
    return new Response('ended')
  },
}
export default worker
