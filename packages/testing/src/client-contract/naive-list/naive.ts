import { EventSource } from '@holdfast/core/client'

/** The list of the tutorials: at each error, a new EventSource for the next URL. Don't: see what it loses. */
export function naiveList(urls: readonly string[], onEvent: (data: string) => void): () => void {
  let index = 0
  let source: EventSource
  let retry: ReturnType<typeof setTimeout> | undefined

  const open = (): void => {
    source = new EventSource(urls[index++ % urls.length] as string)
    source.onmessage = ({ data }) => onEvent(data)
    source.onerror = () => {
      source.close()
      retry = setTimeout(open, 1_000)
    }
  }
  open()
  return () => {
    clearTimeout(retry)
    source.close()
  }
}
