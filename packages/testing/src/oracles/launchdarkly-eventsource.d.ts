// What is used of it: it brings no types (2.2).
declare module 'launchdarkly-eventsource' {
  const LaunchDarkly: {
    EventSource: new (
      url: string,
      options: { initialRetryDelayMillis: number; readTimeoutMillis: number },
    ) => {
      onmessage: ((event: { data: unknown }) => void) | null
      onerror: ((error: unknown) => void) | null
      close(): void
    }
  }
  export default LaunchDarkly
}
