import { connect } from '@holdfast/core/client'

const kept = { got: [] as string[], state: '', wasKept: false }
Object.assign(globalThis, { kept })
const connection = connect(`${location.origin}/events`)
connection.onStatus(({ state }) => (kept.state = state))
connection.on('message', ({ data }) => kept.got.push(data))
addEventListener('pageshow', (event) => (kept.wasKept ||= event.persisted))
