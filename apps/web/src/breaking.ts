import type { Fault, FleetReport, ServerReport } from '@holdfast/demo/config'
import type { Network } from './client/network.ts'
import { make, say } from './dom/make.ts'
import { words } from './i18n/index.ts'
import { ask, type Server, type Setup } from './setup.ts'

/** Who is told what was done. */
export interface BreakingListener {
  onFault(server: Server, fault: Fault, isLifted: boolean): void
  onUnplug(isUnplugged: boolean): void
  onError(reason: string): void
}

/** Does to servers and to the network what the visitor wants to see survived. */
export class Breaking {
  /** Crashes whoever carries the events. */
  readonly crashButton: HTMLButtonElement
  readonly unplugButton: HTMLButtonElement
  readonly #setup: Setup
  readonly #network: Network
  readonly #listener: BreakingListener
  #reports: readonly ServerReport[] = []
  #isUnplugged = false
  #unpluggedAt = 0

  constructor(setup: Setup, network: Network, carrier: () => Server | undefined, listener: BreakingListener) {
    this.#setup = setup
    this.#network = network
    this.#listener = listener
    const mayBreak = setup.token !== '' && setup.faults.includes('crash')
    this.crashButton = make('button', { type: 'button', disabled: !mayBreak }, words.crashCarrier)
    this.crashButton.addEventListener('click', () => {
      const server = carrier()
      if (server) void this.inflict(server, 'crash')
    })
    const mayUnplug = setup.unplug === 'client' || setup.token !== ''
    this.unplugButton = make('button', { type: 'button', class: 'quiet', disabled: !mayUnplug }, this.#unplugText)
    this.unplugButton.addEventListener('click', () => void this.#unplug(!this.#isUnplugged))
  }

  async inflict(server: Server, fault: Fault): Promise<void> {
    const report = this.#reports.find(({ name }) => name === server.name)
    const isLifted = report?.faults.includes(fault) ?? false
    // Before it is done: what follows from it may be seen before the answer.
    this.#listener.onFault(server, fault, isLifted)
    try {
      await ask(this.#setup, 'POST', `/faults/${server.index}/${fault}`)
    } catch (error) {
      this.#listener.onError(error instanceof Error ? error.message : String(error))
    }
  }

  /** What the supervisor says: the network mends itself after a while. What is said of the time before comes late. */
  report({ time, servers }: FleetReport): void {
    this.#reports = servers
    const isMended = time > this.#unpluggedAt && !servers.some(({ isUnplugged }) => isUnplugged)
    if (this.#setup.unplug === 'relay' && isMended) this.#show(false)
  }

  async #unplug(isUnplugged: boolean): Promise<void> {
    try {
      if (this.#setup.unplug === 'client') this.#network.unplug(isUnplugged)
      else await ask(this.#setup, 'POST', `/faults/network/${isUnplugged ? 'unplug' : 'plug'}`)
      this.#show(isUnplugged)
    } catch (error) {
      this.#listener.onError(error instanceof Error ? error.message : String(error))
    }
  }

  #show(isUnplugged: boolean): void {
    if (isUnplugged === this.#isUnplugged) return
    this.#isUnplugged = isUnplugged
    this.#unpluggedAt = Date.now()
    say(this.unplugButton, this.#unplugText)
    this.#listener.onUnplug(isUnplugged)
  }

  get #unplugText(): string {
    if (this.#isUnplugged) return words.plug
    return this.#setup.unplug === 'client' ? words.unplugClient : words.unplug
  }
}
