import { EventSource } from '@holdfast/core/client'

// Nobody listens there. Between the two attempts there is nothing but the source's timer.
const source = new EventSource('http://127.0.0.1:9/')
let attempts = 0
source.onerror = () => {
  if (++attempts < 2) return
  source.close()
  console.log(`results ${JSON.stringify([{ name: 'a second attempt' }])}`)
}
