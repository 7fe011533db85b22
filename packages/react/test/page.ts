/// <reference lib="dom" />
import { createElement, type ReactNode, StrictMode, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { useEventStream } from '../src/index.ts'

/** What the test looks at and pulls. */
interface Controls {
  renders: number
  show(isShown: boolean): void
  use(topics: string[]): void
}

const controls = { renders: 0 } as Controls
Object.assign(globalThis, { controls })
const endpoints = JSON.parse(document.body.dataset['endpoints'] ?? '[]') as string[]

function Stream({ topics }: { topics: string[] }): ReactNode {
  controls.renders++
  const urls = endpoints.map((url) => `${url}/events?${topics.map((topic) => `topic=${topic}`).join('&')}`)
  const { events, last, reduced, status } = useEventStream<Record<string, unknown>, string>(urls, {
    reduce: (text, { data }) => `${text}${data} `,
    initial: '',
    limit: 5,
  })
  return createElement(
    'pre',
    { 'data-state': status.state, 'data-last': last?.data, 'data-kept': events.length },
    reduced,
  )
}

function App(): ReactNode {
  const [topics, use] = useState(['news'])
  const [isShown, show] = useState(true)
  Object.assign(controls, { use, show })
  return isShown ? createElement(Stream, { topics }) : 'nothing'
}

createRoot(document.getElementById('root') as HTMLElement).render(createElement(StrictMode, null, createElement(App)))
