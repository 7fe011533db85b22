import type { TopicEvent } from '@holdfast/core/client'
import type { FleetReport, Tick } from '@holdfast/demo/config'
import { Breaking } from './breaking.ts'
import { choiceControls, firstChoices } from './client/choices.ts'
import { Held } from './client/held.ts'
import { Network } from './client/network.ts'
import { onceAFrame } from './dom/frames.ts'
import { words } from './i18n/index.ts'
import { publishTicker } from './own-ticker.ts'
import { layOut } from './layout.ts'
import { Log } from './log/log.ts'
import { Narrator } from './log/narrator.ts'
import { Operator } from './operator/operator.ts'
import { Picture } from './picture/picture.ts'
import { Comparison } from './rivals/comparison.ts'
import { eventsAt, type Server, type Setup } from './setup.ts'
import { Counters } from './tally/counters.ts'
import { type FaultMark, Strip } from './tally/strip.ts'
import { Tally } from './tally/tally.ts'
import { AnswerView } from './topics/answer.ts'
import { ChatView } from './topics/chat.ts'
import { MachineView } from './topics/machine.ts'
import { TickerView } from './topics/ticker.ts'
import type { TopicView } from './topics/topic-view.ts'

const lookEvery = 100
const mostFaults = 50

/** All that is shown, and the one connection that it shows. */
export class Page {
  readonly #openedAt = Date.now()
  readonly #tally: Tally
  readonly #log = new Log()
  readonly #faults: FaultMark[] = []
  readonly #strip: Strip
  readonly #narrator: Narrator
  readonly #breaking: Breaking
  readonly #counters: Counters
  readonly #picture: Picture
  readonly #comparison: Comparison
  readonly #operator: Operator
  readonly #answer: AnswerView
  readonly #views: readonly TopicView[]
  readonly #held: Held
  readonly #stopTicker: () => void
  readonly #looking: ReturnType<typeof setInterval>
  readonly #draw = onceAFrame(() => this.#paint())

  constructor(setup: Setup, root: HTMLElement) {
    this.#tally = new Tally(this.#openedAt, setup.ownRun)
    this.#strip = new Strip(this.#tally, words.strip.label(words.compare.ours))
    const urlOf = (server: Server): string => eventsAt(server, setup.topics)
    const nameOf = (url: string): string => setup.servers.find((server) => urlOf(server) === url)?.name ?? url
    const silence = (): number | undefined => this.#tally.silence(Date.now())
    const network = new Network(() => this.#picture.draw())
    this.#narrator = new Narrator(
      nameOf,
      (kind, text) => this.#log.add(kind, text),
      () => silence() ?? 0,
    )
    this.#breaking = new Breaking(setup, network, () => this.#picture.carrier, {
      onFault: (server, fault, isLifted) => {
        if (isLifted) return
        this.#narrator.did(server, fault)
        this.#beginFault()
      },
      onUnplug: (isUnplugged) => {
        this.#log.add('you', isUnplugged ? words.log.unplugged : words.log.plugged)
        if (isUnplugged) this.#beginFault()
      },
      onError: (reason) => this.#log.add('bad', words.failed(reason)),
    })
    this.#counters = new Counters(this.#tally, this.#breaking.crashButton, this.#breaking.unplugButton)
    this.#picture = new Picture(setup, urlOf, this.#counters.element, {
      endpoints: () => this.#held.endpoints,
      isAsked: (origin) => network.isAsked(origin),
      silence,
      onFault: (server, fault) => void this.#breaking.inflict(server, fault),
    })
    this.#comparison = new Comparison(setup, this.#draw)
    this.#operator = new Operator(setup)
    this.#answer = new AnswerView(setup, network.fetch)
    const views = [new MachineView(), new TickerView(), new ChatView(setup)]
    this.#views = views.filter((view) => view.topics.some((topic) => setup.topics.includes(topic)))
    this.#log.add('note', words.log.start)
    this.#held = new Held(setup.servers.map(urlOf), firstChoices, network.fetch, {
      onEvent: (event) => this.#receive(event),
      onStatus: (status) => {
        this.#narrator.tell(status)
        this.#picture.follow(status)
      },
      onGap: (gap) => {
        this.#narrator.gap(gap)
        for (const view of this.#views)
          if (view.topics.some((topic) => gap.topics.includes(topic))) view.gap(gap.reason)
      },
    })
    const choices = choiceControls((chosen, what) => {
      this.#log.add('you', words.log.chosen(what))
      this.#held.choose(chosen)
    })
    root.append(
      ...layOut(setup, {
        picture: this.#picture.element,
        choices,
        strip: this.#strip.element,
        comparison: this.#comparison.element,
        log: this.#log.element,
        topics: [...this.#views, this.#answer].map(({ element }) => element),
        operator: this.#operator.element,
      }),
    )
    this.#stopTicker = setup.ownRun === undefined ? () => {} : publishTicker(setup, setup.ownRun)
    this.#looking = setInterval(() => this.#look(), lookEvery)
  }

  /** Give back every connection: a page that holds one is not kept for the way back. */
  close(): void {
    clearInterval(this.#looking)
    this.#stopTicker()
    this.#comparison.close()
    this.#answer.close()
    this.#held.close()
  }

  #receive(event: TopicEvent): void {
    if (event.topic === 'ticker') this.#tally.arrived(event.json<Tick>(), Date.now())
    if (event.topic === 'servers') this.#report(event.json<FleetReport>())
    for (const view of this.#views) if (view.topics.includes(event.topic ?? '')) view.show(event)
  }

  #report(report: FleetReport): void {
    const { time, servers } = report
    // What is older than the page is no news.
    this.#narrator.report(servers, time >= this.#openedAt)
    this.#breaking.report(report)
    this.#picture.report(servers)
    this.#operator.report(servers)
  }

  #beginFault(): void {
    const now = Date.now()
    this.#faults.push({ time: now })
    if (this.#faults.length > mostFaults) this.#faults.shift()
    this.#tally.recovery.begin(now)
    this.#comparison.fault(now)
  }

  #look(): void {
    const now = Date.now()
    this.#tally.look(now)
    this.#comparison.look(now)
    this.#narrator.recovered(this.#tally.recovery.state, this.#tally.lost)
    this.#draw()
    this.#picture.draw()
  }

  #paint(): void {
    const now = Date.now()
    this.#counters.show(now)
    this.#strip.draw(now, this.#faults)
    this.#comparison.show(now, this.#faults)
  }
}
