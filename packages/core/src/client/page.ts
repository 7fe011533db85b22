/** Who is told what happens to the page, and to the machine below it. */
export interface PageListener {
  onNetworkChange?(isOnline: boolean): void
  /** It is looked at again, or runs again. */
  onWake?(): void
  /** It is put away, perhaps to be shown again as it was. */
  onHide(): void
  /** It is shown again. */
  onShow(): void
}

interface Emitter {
  addEventListener?(type: string, listener: () => void, options: { signal: AbortSignal }): void
}

interface Browser extends Emitter {
  location?: unknown
  document?: Emitter & { visibilityState?: string }
}

/** Listen to the page and the machine, until `signal` is aborted. */
export function watchPage(listener: PageListener, signal: AbortSignal): void {
  const page = globalThis as Browser
  // Other runtimes may have listeners, but not for this: workerd's are for requests.
  if (!page.location) return
  const on = (emitter: Emitter | undefined, type: string, call: () => void): void =>
    emitter?.addEventListener?.(type, call, { signal })
  on(page, 'online', () => listener.onNetworkChange?.(true))
  on(page, 'offline', () => listener.onNetworkChange?.(false))
  on(page, 'pagehide', () => listener.onHide())
  on(page, 'pageshow', () => listener.onShow())
  // A frozen page runs again. Source: Page Lifecycle, section 4.1.
  on(page.document, 'resume', () => listener.onWake?.())
  on(page.document, 'visibilitychange', () => {
    if (page.document?.visibilityState === 'visible') listener.onWake?.()
  })
}
