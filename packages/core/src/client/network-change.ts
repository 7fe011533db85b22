interface Browser {
  addEventListener?(type: string, listener: () => void): void
  removeEventListener?(type: string, listener: () => void): void
}

/** Told when the machine is connected to a network, or not any more. Only browsers say so. @returns how to stop */
export function watchNetwork(onChange: (online: boolean) => void): () => void {
  const browser: Browser = globalThis
  const online = (): void => onChange(true)
  const offline = (): void => onChange(false)
  browser.addEventListener?.('online', online)
  browser.addEventListener?.('offline', offline)
  return () => {
    browser.removeEventListener?.('online', online)
    browser.removeEventListener?.('offline', offline)
  }
}
