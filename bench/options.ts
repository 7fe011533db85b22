// What looking at the options of a response costs, for each request: none, as most have, and three.
import { checkOptions, streamOptions } from '@holdfast/core/adapter'

const cases = {
  none: {},
  three: { heartbeat: 7_000, onClose: () => {}, headers: { 'x-a': 'b' } },
  all: { heartbeat: 1, stallTimeout: 1, maxAge: 1, maxBufferedBytes: 1, status: 200, headers: {}, onClose: () => {} },
}
const rounds = 1_000_000

for (let run = 0; run < 3; run++) {
  for (const [name, options] of Object.entries(cases)) {
    const began = performance.now()
    for (let round = 0; round < rounds; round++) checkOptions('eventStream', options, streamOptions)
    const nanoseconds = ((performance.now() - began) / rounds) * 1e6
    if (run > 0) console.log(`${name}: ${nanoseconds.toFixed(0)} ns`)
  }
}
