import { connect } from '@holdfast/core/client'

// Give it the URLs of more servers: when one breaks, the next goes on from the same event.
const events = connect(process.argv[2] ?? 'http://localhost:3000/rooms/lobby')
events.onStatus(({ state }) => console.error(state))
for await (const { data } of events) console.log(data)
