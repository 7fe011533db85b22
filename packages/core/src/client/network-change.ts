interface Browser {
  addEventListener?(type: string, listener: () => void): void
  removeEventListener?(type: string, listener: () => void): void
}

/** Told when the machine is connected to a network, or not any more. Only browsers say so. @returns how to stop */
export function watchNetwork(onChange: (online: boolean) => void): () => void {
  // Other runtimes may have listeners, but not for this: workerd's are for requests.
  const browser: Browser = 'location' in globalThis ? globalThis : {}
  const online = (): void => onChange(true)
  const offline = (): void => onChange(false)
  browser.addEventListener?.('online', online)
  browser.addEventListener?.('offline', offline)
  return () => {
    browser.removeEventListener?.('online', online)
    browser.removeEventListener?.('offline', offline)
  }
}
