interface Page {
  addEventListener?(type: string, listener: () => void, options: { signal: AbortSignal }): void
}

/** Hear when the page goes into the back/forward cache, where nothing runs, and when it comes back. */
export function watchPage(onChange: (isShown: boolean) => void, signal: AbortSignal): void {
  const page = globalThis as Page
  for (const type of ['pagehide', 'pageshow']) {
    page.addEventListener?.(type, () => onChange(type === 'pageshow'), { signal })
  }
}
