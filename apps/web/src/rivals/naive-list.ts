import type { Tick } from '@holdfast/demo/config'
import type { OnTick, Rival } from './rival.ts'

const retryAfter = 1_000

/** The list of the tutorials: at each error, a new EventSource for the next URL. Don't: see what it loses. */
export function openNaiveList(urls: readonly string[], onTick: OnTick): Rival {
  let index = 0
  let source: EventSource
  let retry: ReturnType<typeof setTimeout> | undefined

  const open = (): void => {
    source = new EventSource(urls[index++ % urls.length] as string)
    source.onmessage = ({ data }: MessageEvent<string>) => onTick(JSON.parse(data) as Tick)
    source.onerror = () => {
      source.close()
      retry = setTimeout(open, retryAfter)
    }
  }
  open()
  return {
    get readyState() {
      return source.readyState
    },
    close() {
      clearTimeout(retry)
      source.close()
    },
  }
}
