import { element, say } from './dom.ts'
import { createEventList } from './event-list.ts'
import { createMachineView } from './machine.ts'
import { setUpPublishForm } from './publish-form.ts'
import { createStreamCard } from './stream-card.ts'
import { openStream, type StreamState } from './stream.ts'

interface Config {
  ports: number[]
  topics: string[]
}

const config = (await (await fetch('/config.json')).json()) as Config
const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? ''

const summary = element('summary', HTMLElement)
const showSample = createMachineView(element('machine', HTMLElement))
const events = createEventList(
  element('events', HTMLOListElement),
  element('no-events', HTMLElement),
  config.ports.length,
)
const states = config.ports.map((): StreamState => 'connecting')
let newestSample = 0

element('with-system', HTMLInputElement).addEventListener('change', ({ target }) => {
  events.showSystem((target as HTMLInputElement).checked)
})
setUpPublishForm(
  config.topics.filter((topic) => topic !== 'system'),
  token,
)
const streams = config.ports.map(listen)
addEventListener('pagehide', () => streams.forEach((stream) => stream.close()))
addEventListener('pageshow', ({ persisted }) => persisted && location.reload())

function listen(port: number, index: number): { close(): void } {
  const card = createStreamCard(index + 1, port)
  element('streams', HTMLElement).append(card.element)
  return openStream(`http://${location.hostname}:${port}`, config.topics, {
    onState(state) {
      card.setState(state)
      states[index] = state
      const open = states.filter((each) => each === 'open').length
      summary.dataset['state'] = open === states.length ? 'open' : open > 0 ? 'connecting' : 'lost'
      say(summary, `${open} of ${states.length} streams open`)
    },
    onEvent(event) {
      card.count()
      if (event.topic === 'system' && event.type === 'message') sample(event.data)
      events.add(event, index + 1)
    },
  })
}

// Each sample comes once from every server, the first to arrive is drawn.
function sample(data: string): void {
  const { time } = JSON.parse(data) as { time: number }
  if (time <= newestSample) return
  newestSample = time
  showSample(data)
}
