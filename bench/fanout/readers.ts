/**
 * The readers of the fan-out benches, in a process of their own. `argv`: port, how many read, how many never do, the path with
 * `{n}` for the number of each, the header `Accept`, the last event ID, and the header `Authorization`. Prints a line once all
 * who read have something.
 */
import { connect } from 'node:net'
import process from 'node:process'

const [port, reading, stalled] = process.argv.slice(2, 5).map(Number) as [number, number, number]
const [path = '/events', accept = '', lastEventId = '', authorization = ''] = process.argv.slice(5)
const headers = [
  'host: x',
  ...(accept ? [`accept: ${accept}`] : []),
  ...(lastEventId ? [`last-event-id: ${lastEventId}`] : []),
  ...(authorization ? [`authorization: ${authorization}`] : []),
]
// A socket that is not read keeps no process alive.
setInterval(() => {}, 60_000)

// A server's backlog is 511: what comes beyond it waits seconds for its SYN to be sent again. The kernel connects before the
// server accepts, so the next one comes when one has been served.
const atOnce = 256
let opened = 0
let served = 0

while (opened < Math.min(atOnce, reading + stalled)) open(opened++)

function open(index: number): void {
  const target = path.replaceAll('{n}', String(index))
  const request = `GET ${target} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`
  const socket = connect(port, '127.0.0.1', () => {
    socket.write(request)
    if (index >= reading) openNext()
  })
  // Where thousands come at once, the kernel resets some: they are counted on, so they come again.
  socket.on('error', () => socket.bytesRead === 0 && open(index))
  if (index < reading) socket.once('data', countServed)
  else socket.pause()
}

function countServed(): void {
  if (++served === reading) console.log('all served')
  openNext()
}

function openNext(): void {
  if (opened < reading + stalled) open(opened++)
}
