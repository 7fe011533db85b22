/** The readers of the fan-out benches, in a process of their own. `argv`: port, how many read, how many never do. */
import { connect } from 'node:net'
import process from 'node:process'

const [port, reading, stalled] = process.argv.slice(2).map(Number) as [number, number, number]
for (let index = 0; index < reading + stalled; index++) {
  const socket = connect(port, '127.0.0.1', () => socket.write('GET /events HTTP/1.1\r\nhost: x\r\n\r\n'))
  socket.on('error', () => {})
  if (index < reading) socket.resume()
  else socket.pause()
}
