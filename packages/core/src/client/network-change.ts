import type { Connection } from './connection.ts'

interface Browser {
  location?: unknown
  addEventListener?(type: string, listener: (event: { type: string }) => void, options: { signal: AbortSignal }): void
}

/** Look at the machine's network, until the connection is over. */
export function watchNetwork(connection: Connection): void {
  const browser = globalThis as Browser
  // Other runtimes may have listeners, but not for this: workerd's are for requests.
  if (!browser.location) return
  for (const type of ['online', 'offline']) {
    browser.addEventListener?.(
      type,
      () => {
        if (type === 'online') connection.race.hurry()
        // Streams opened before are likely to be dead, which only their silence would show.
        connection.primary?.doubt()
      },
      connection.over,
    )
  }
}
