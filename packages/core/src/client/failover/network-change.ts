interface Browser {
  location?: unknown
  addEventListener?(type: string, listener: (event: { type: string }) => void, options: { signal: AbortSignal }): void
}

/** Hear of changes of the machine's network, until `signal` is aborted. */
export function watchNetwork(onChange: (isOnline: boolean) => void, signal: AbortSignal): void {
  const browser = globalThis as Browser
  // Other runtimes may have listeners, but not for this: workerd's are for requests.
  if (!browser.location) return
  for (const type of ['online', 'offline'])
    browser.addEventListener?.(type, () => onChange(type === 'online'), { signal })
}
