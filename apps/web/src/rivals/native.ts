import type { Tick } from '@holdfast/demo/config'
import type { OnTick, Rival } from './rival.ts'

/** The browser's own EventSource on one server, which resumes it by the id of the last event. */
export function openNative(url: string, onTick: OnTick): Rival {
  const source = new EventSource(url)
  source.onmessage = ({ data }: MessageEvent<string>) => onTick(JSON.parse(data) as Tick)
  return source
}
