import { type Chart, createChart } from './chart.ts'
import { make, say } from './dom.ts'

/** The data of topic `system`. */
interface Sample {
  time: number
  load: number[]
  cpu: number
  memory: { used: number; total: number }
  events: number
  bytes: number
  subscribers: number
}

interface Panel {
  readonly element: HTMLElement
  show(time: number, value: number, headline: string, details: string): void
}

/** Draw the machine's samples into `where`; returns what takes the next one. */
export function createMachineView(where: HTMLElement): (data: string) => void {
  const processor = createPanel(
    'Processor',
    'processor',
    createChart('Processor, per cent, over two minutes', ' %', 100),
  )
  const memory = createPanel('Memory', 'memory', createChart('Memory, per cent, over two minutes', ' %', 100))
  const events = createPanel('Events', 'rate', createChart('Events a second, over two minutes', '/s'))
  where.append(processor.element, memory.element, events.element)

  return (data) => {
    const sample = JSON.parse(data) as Sample
    const { used, total } = sample.memory
    const load = sample.load.map((value) => value.toFixed(2)).join(' · ')
    processor.show(sample.time, sample.cpu, `${sample.cpu.toFixed(0)} %`, `load ${load}`)
    memory.show(sample.time, (100 * used) / total, gigabytes(used), `of ${gigabytes(total)}`)
    const readers = `${sample.subscribers} ${sample.subscribers === 1 ? 'subscriber' : 'subscribers'}`
    events.show(sample.time, sample.events, `${sample.events}/s`, `${kilobytes(sample.bytes)}/s · ${readers}`)
  }
}

function createPanel(title: string, name: string, chart: Chart): Panel {
  const headline = make('span', 'value', '–')
  const details = make('span', 'faint', 'waiting for a sample')
  const element = make('div', 'card panel', make('h3', '', title), make('p', 'figures', headline, details))
  element.dataset['panel'] = name
  element.append(chart.element)
  return {
    element,
    show(time, value, headlineText, detailsText) {
      say(headline, headlineText)
      say(details, detailsText)
      chart.add(time, value)
    },
  }
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(bytes < 1e10 ? 2 : 1)} GB`
}

function kilobytes(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`
}
