import type { Fault, ProcessState, ServerReport, Vitals } from '@holdfast/demo/config'
import { fair, type Relay } from './relay.ts'

/** How a stream server is started. */
export interface StreamServerOptions {
  name: string
  command: string[]
  env: Record<string, string>
  /** The way to it, which stays when it dies. */
  relay: Relay
  token: string
  /** It listens, for the first time or again. */
  onRunning(): void
  /** It ended before it ever listened: it is not started again. */
  onFailed(): void
  /** Something about it has changed. */
  onChange(): void
}

const restartDelay = 2_500
const patience = 1_000

type Child = Bun.Subprocess<'pipe', 'pipe', 'inherit'>

/** A stream server in its own process behind a relay, started again whenever it dies. */
export class StreamServer {
  readonly name: string
  readonly relay: Relay
  readonly #options: StreamServerOptions
  #state: ProcessState = 'starting'
  #isFrozen = false
  #vitals: Vitals | undefined
  #child: Child | undefined
  #restart: ReturnType<typeof setTimeout> | undefined
  #isStopping = false
  #hasRun = false

  constructor(options: StreamServerOptions) {
    this.name = options.name
    this.relay = options.relay
    this.#options = options
    this.#start()
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  get isFrozen(): boolean {
    return this.#isFrozen
  }

  get isRunning(): boolean {
    return this.#state === 'running'
  }

  get report(): ServerReport {
    const { slow, mute, unplugged } = this.relay.weather
    const faults: Fault[] = []
    if (this.#isFrozen) faults.push('freeze')
    if (slow) faults.push('slow')
    if (mute) faults.push('mute')
    return { name: this.name, state: this.#state, faults, isUnplugged: unplugged, vitals: this.#vitals }
  }

  /** Do something to it; what can be lifted is lifted by the next call. */
  inflict(fault: Fault): void {
    const { weather } = this.relay
    if (fault === 'crash') this.#child?.kill('SIGKILL')
    else if (fault === 'freeze') this.#freeze(!this.#isFrozen)
    else if (fault === 'slow') this.relay.weather = { ...weather, slow: !weather.slow }
    else if (fault === 'mute') this.relay.weather = { ...weather, mute: !weather.mute }
    else if (fault === 'drain') this.#drain()
    this.#options.onChange()
  }

  /** Undo what can be undone. */
  mend(): void {
    this.relay.weather = { ...fair, unplugged: this.relay.weather.unplugged }
    this.#freeze(false)
    this.#options.onChange()
  }

  /** Send it a request; undefined where it does not answer in a second. */
  async ask(path: string, init: RequestInit = {}): Promise<Response | undefined> {
    const headers = { authorization: `Bearer ${this.#options.token}`, 'content-type': 'application/json' }
    const signal = AbortSignal.timeout(patience)
    return fetch(`http://127.0.0.1:${this.relay.target}${path}`, { ...init, headers, signal }).catch(() => undefined)
  }

  async examine(): Promise<void> {
    const response = this.isRunning && !this.#isFrozen ? await this.ask('/vitals') : undefined
    this.#vitals = response?.ok ? ((await response.json().catch(() => undefined)) as Vitals | undefined) : undefined
  }

  /** End it for good. */
  async stop(): Promise<void> {
    this.#isStopping = true
    clearTimeout(this.#restart)
    this.#freeze(false)
    void this.#child?.stdin.end()
    const kill = setTimeout(() => this.#child?.kill('SIGKILL'), patience)
    await this.#child?.exited
    clearTimeout(kill)
    this.relay.close()
  }

  #start(): void {
    const { command, env, onRunning, onChange } = this.#options
    const child: Child = Bun.spawn(command, {
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    this.#child = child
    this.#state = 'starting'
    void portOf(child).then((port) => {
      if (port === undefined) return
      this.relay.target = port
      this.#state = 'running'
      this.#hasRun = true
      onChange()
      onRunning()
    })
    void child.exited.then(() => this.#ended())
    onChange()
  }

  #ended(): void {
    this.relay.target = 0
    this.#state = 'down'
    this.#isFrozen = false
    this.#vitals = undefined
    this.#options.onChange()
    if (!this.#hasRun) this.#options.onFailed()
    else if (!this.#isStopping) this.#restart = setTimeout(() => this.#start(), restartDelay)
  }

  #freeze(freeze: boolean): void {
    if (freeze === this.#isFrozen || !this.#child || this.#state === 'down') return
    this.#isFrozen = freeze
    this.#child.kill(freeze ? 'SIGSTOP' : 'SIGCONT')
  }

  #drain(): void {
    if (!this.isRunning) return
    this.#state = 'draining'
    this.#child?.kill('SIGTERM')
  }
}

// The line that says where it listens. What follows is read and dropped, so that the pipe never fills.
function portOf({ stdout }: Child): Promise<number | undefined> {
  return new Promise((resolve) => {
    let text = ''
    const take = new WritableStream<string>({
      write(chunk) {
        text = (text + chunk).slice(-1_000)
        const [, port] = /listening http:\/\/\S*:(\d+)\n/.exec(text) ?? []
        if (port !== undefined) resolve(Number(port))
      },
      close: () => resolve(undefined),
    })
    stdout
      .pipeThrough(new TextDecoderStream())
      .pipeTo(take)
      .catch(() => resolve(undefined))
  })
}
