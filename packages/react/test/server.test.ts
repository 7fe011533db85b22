import { createElement, type ReactNode } from 'react'
import { renderToString } from 'react-dom/server'
import { expect, it } from 'vitest'
import { useEventStream } from '../src/index.ts'

function News(): ReactNode {
  const { events, last, reduced, status } = useEventStream<Record<string, unknown>, number>('https://one.test/events', {
    reduce: (count) => count + 1,
    initial: 0,
    fetch: () => {
      throw new Error('Nothing is asked for on a server')
    },
  })
  return createElement('p', null, `${events.length} ${String(last)} ${reduced} ${status.state}`)
}

it('renders on a server, without a stream', async () => {
  expect(renderToString(createElement(News))).toBe('<p>0 undefined 0 connecting</p>')
  await Promise.resolve()
})
