import { having, type Rule, type RulesOf, wholeFrom } from '@holdfast/core/adapter'

/** Which stream a broker uses, and how much history it has where the broker makes it. */
export interface NatsBrokerOptions {
  /** Of the JetStream stream, and the first token of all subjects. Letters, digits, `-` and `_`. Default `holdfast`. */
  name?: string | undefined
  /** Publications a topic, of one or more events. Default 10,000. */
  maxEvents?: number | undefined
  /**
   * Milliseconds, more than 0; so long are keys known too, for which the server needs about 200 bytes of memory each.
   * Default 1 hour. A topic that is silent for longer begins a new epoch, which its readers are told as a gap.
   */
  maxAge?: number | undefined
  /** Bytes of all topics; the oldest events are dropped above. Default 1 GiB. */
  maxBytes?: number | undefined
  /** Servers of the cluster that keep the stream; above 1 they have to be nats-server 2.10.27 or newer. Default 1. */
  replicas?: number | undefined
  /** Milliseconds that a call may take before it is rejected. Default 5,000. */
  timeout?: number | undefined
}

export const natsOptions: RulesOf<NatsBrokerOptions> = {
  name: (given) => (/^[\w-]+$/.test(String(given)) ? '' : 'letters, digits, - and _'),
  maxEvents: wholeFrom(1),
  maxAge: wholeFrom(1),
  maxBytes: wholeFrom(1),
  replicas: wholeFrom(1),
  timeout: wholeFrom(1),
}

export const aConnection: Rule = having(
  'a connection of @nats-io/transport-node, as its connect() resolves with',
  'publish',
  'subscribe',
  'request',
  'status',
)

export type ResolvedOptions = { [Option in keyof NatsBrokerOptions]-?: NonNullable<NatsBrokerOptions[Option]> }

export function resolveOptions(options: NatsBrokerOptions): ResolvedOptions {
  return {
    name: options.name ?? 'holdfast',
    maxEvents: options.maxEvents ?? 10_000,
    maxAge: options.maxAge ?? 3_600_000,
    maxBytes: options.maxBytes ?? 1_073_741_824,
    replicas: options.replicas ?? 1,
    timeout: options.timeout ?? 5_000,
  }
}
