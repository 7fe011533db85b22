import { EventSource } from '@holdfast/core/client'
import { runSuite } from '../suite.ts'

const worker = {
  async fetch(request: Request): Promise<Response> {
    const { searchParams } = new URL(request.url)
    return Response.json(
      await runSuite({
        EventSource,
        base: searchParams.get('base') ?? '',
        otherBase: searchParams.get('otherBase') ?? '',
      }),
    )
  },
}
export default worker
