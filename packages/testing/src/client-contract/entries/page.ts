import { runClient } from '../client.ts'

const { searchParams, origin } = new URL(location.href)
await runClient(origin, searchParams.get('run') ?? '')
