import { shared } from '@holdfast/core/client'

const { searchParams } = new URL(location.href)
const query = searchParams.getAll('topic').map((topic) => `topic=${topic}`)
const lastEventId = searchParams.get('lastEventId') ?? undefined
const connection = shared(`${location.origin}/events?${query.join('&')}`, { lastEventId })
const kept = { got: [] as string[], state: '' }
Object.assign(globalThis, { kept })
connection.onStatus(({ state }) => (kept.state = state))
connection.on('message', ({ data }) => kept.got.push(data))
