/**
 * Readers of an event stream that tell how long each event took to them, in a process of their own. `argv`: port, and how
 * many. An event's data begins with `@` and when it was sent, on the system's monotonic clock. They tell `open` once all
 * have an answer, and whenever asked what has come since.
 */
import { connect } from 'node:net'
import process from 'node:process'
import { microsecondsNow, sentAt } from './stamp.ts'

const [port, count] = process.argv.slice(2).map(Number) as [number, number]
let delays: number[] = []
let open = 0

for (let index = 0; index < count; index++) {
  const socket = connect(port, '127.0.0.1', () =>
    socket.write('GET /events HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\n\r\n'),
  )
  let rest: string | undefined
  socket.setEncoding('latin1').on('data', (text: string) => {
    if (rest === undefined && ++open === count) process.send?.('open')
    const blocks = `${rest ?? ''}${text}`.split('\n\n')
    rest = blocks.pop() ?? ''
    const now = microsecondsNow()
    for (const at of blocks.map(sentAt)) if (at !== undefined) delays.push(now - at)
  })
}

process.on('message', () => {
  process.send?.(delays)
  delays = []
})
process.once('disconnect', () => process.exit())
