/** Chromium's own EventSource, and a library that reads by fetch. */
import { fetchEventSource } from '@microsoft/fetch-event-source'

/** Of the test, which hears what comes. */
type Tell = (client: string, index: number, data: string) => void

const { tell } = globalThis as unknown as { tell: Tell }

function listen(urls: readonly string[], fetchUrls: readonly string[]): void {
  for (const [index, url] of urls.entries()) {
    new EventSource(url).addEventListener('message', ({ data }) => tell('native', index, data as string))
  }
  for (const [index, url] of fetchUrls.entries()) {
    void fetchEventSource(url, {
      openWhenHidden: true,
      onmessage: ({ event, data }) => event === '' && data !== '' && tell('fetch', index, data),
      // Without this it ends with the first body that does.
      onclose: () => {
        throw new Error('Come again')
      },
      onerror: () => 200,
    })
  }
}

Object.assign(globalThis, { listen })
