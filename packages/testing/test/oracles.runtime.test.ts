import { expect, it } from 'vitest'
import { missing, named } from '../src/chromium.ts'
import { play, type Verdict } from '../src/oracles/play.ts'

/** It takes an id for its own at the line, before the event is whole. Where the cut falls decides whether it loses one. */
const mayLose = '@microsoft/fetch-event-source through cut inside an event'

it.skipIf(missing)(
  named('clients of others resume from our hub by Last-Event-ID: nothing lost, repeated or out of order'),
  async () => {
    const verdicts = await play()
    console.log(table(verdicts))
    for (const { client, fault, lost, repeated, outOfOrder, isStuck, received } of verdicts) {
      const through = `${client} through ${fault.name}`
      const most = through === mayLose ? 1 : 0
      const isFine = lost <= most && received > 0 && (fault.isSilent === true || !isStuck)
      // Who waits for bytes for ever cannot know that they never come: docs/clients.md says so.
      expect({ through, repeated, outOfOrder, isFine }).toEqual({ through, repeated: 0, outOfOrder: 0, isFine: true })
    }
  },
)

function table(verdicts: readonly Verdict[]): string {
  const faults = [...new Set(verdicts.map(({ fault }) => fault.name))]
  const clients = [...new Set(verdicts.map(({ client }) => client))]
  const cell = (client: string, name: string): string => {
    const verdict = verdicts.find((each) => each.client === client && each.fault.name === name)
    return verdict?.isStuck ? 'waits for ever' : `${verdict?.lost} lost`
  }
  const rows = clients.map((client) => `| ${client} | ${faults.map((name) => cell(client, name)).join(' | ')} |`)
  return [`| | ${faults.join(' | ')} |`, `|---|${faults.map(() => '---').join('|')}|`, ...rows].join('\n')
}
