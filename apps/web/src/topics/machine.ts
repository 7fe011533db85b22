import type { TopicEvent } from '@holdfast/core/client'
import type { MachineSample } from '@holdfast/demo/config'
import { make, say } from '../dom/make.ts'
import { words } from '../i18n/index.ts'
import { Chart } from './chart.ts'
import { topicCard, type TopicView } from './topic-view.ts'

/** How the machine is doing that runs the servers. */
export class MachineView implements TopicView {
  readonly topics = ['system']
  readonly element: HTMLElement
  readonly #cpu = new Chart({ label: words.topics.overTime(words.topics.cpu), top: 100 })
  readonly #memory = new Chart({ label: words.topics.overTime(words.topics.memory), top: 100 })
  readonly #cpuValue = make('span', { class: 'value' }, words.unknown)
  readonly #memoryValue = make('span', { class: 'value' }, words.unknown)

  constructor() {
    this.element = topicCard(
      'machine',
      words.topics.machine,
      make('p', { class: 'figures' }, this.#cpuValue, make('span', { class: 'faint' }, words.topics.cpu)),
      this.#cpu.element,
      make('p', { class: 'figures' }, this.#memoryValue, make('span', { class: 'faint' }, words.topics.memory)),
      this.#memory.element,
    )
  }

  show(event: TopicEvent): void {
    const { time, cpu, memory } = event.json<MachineSample>()
    this.#cpu.add(time, cpu)
    this.#memory.add(time, (100 * memory.used) / memory.total)
    say(this.#cpuValue, `${Math.round(cpu)} %`)
    say(this.#memoryValue, `${(memory.used / 1e9).toFixed(1)} GB`)
  }

  gap(): void {
    this.#cpu.cut()
    this.#memory.cut()
  }
}
