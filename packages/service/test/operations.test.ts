import { readFile } from 'node:fs/promises'
import { createHub } from '@holdfast/core/hub'
import { channel } from 'node:diagnostics_channel'
import { expect, onTestFinished, test } from 'vitest'
import { authorized, serviceOf } from './service.ts'
import { hub as bridged } from './tracing-bridge.ts'

const docs = new URL('../../../docs/', import.meta.url)
const page = await readFile(new URL('operations.md', docs), 'utf8')
const dashboard = JSON.parse(await readFile(new URL('grafana.json', docs), 'utf8')) as {
  panels: { title: string; targets: { expr: string }[] }[]
}

/** Every metric that the service has, and its label if it has one. */
async function metrics(): Promise<Map<string, string | undefined>> {
  const { fetch } = serviceOf()
  await fetch('/nowhere')
  const text = await (await fetch('/metrics', { headers: authorized })).text()
  const names = text.match(/(?<=^# TYPE )\S+/gm) ?? []
  return new Map(names.map((name) => [name, new RegExp(`^${name}\\{(\\w+)=`, 'm').exec(text)?.[1]]))
}

test('docs/operations.md has each metric with its label, and no other', async () => {
  const rows = [...page.matchAll(/^\| `(holdfast_\w+)(?:\{(\w+)\})?` \|/gm)]
  expect(new Map(rows.map(([, name, label]) => [name, label]))).toEqual(await metrics())
})

test('docs/grafana.json draws each metric, and no other', async () => {
  const drawn = dashboard.panels.flatMap(({ targets }) =>
    targets.flatMap(({ expr }) => expr.match(/holdfast_\w+/g) ?? []),
  )
  const names = drawn.map((name) => name.replace(/_bucket$/, ''))
  expect(new Set(names)).toEqual(new Set((await metrics()).keys()))
})

test('docs/grafana.json groups by labels that the metrics have', async () => {
  const labels = await metrics()
  for (const { title, targets } of dashboard.panels) {
    for (const { expr } of targets) {
      const [, by] = /by \((\w+)\)/.exec(expr) ?? []
      const [name = ''] = /holdfast_\w+/.exec(expr) ?? []
      const own = labels.get(name) ?? (name.endsWith('_bucket') ? 'le' : undefined)
      if (by !== undefined && by !== 'instance') expect({ title, by }).toEqual({ title, by: own })
    }
  }
})

test('docs/operations.md names every reason of a gap and of a refusal', () => {
  const { gaps, refused } = createHub().stats()
  const rowOf = (name: string): string => page.split('\n').find((line) => line.startsWith(`| \`${name}{`)) ?? ''
  for (const reason of Object.keys(gaps)) expect(rowOf('holdfast_gaps_total')).toContain(`\`${reason}\``)
  for (const reason of Object.keys(refused)) expect(rowOf('holdfast_refusals_total')).toContain(`\`${reason}\``)
})

test('docs/operations.md: the bridge to diagnostics_channel is the code that is tried here', async () => {
  const code = await readFile(new URL('tracing-bridge.ts', import.meta.url), 'utf8')
  expect(page).toContain(`\`\`\`ts\n${code}\`\`\``)

  const told: unknown[] = []
  const hear = (message: unknown, name: string | symbol): void => void told.push([name, message])
  const names = [...page.matchAll(/^\| `(holdfast:[\w-]+)` \|/gm)].map(([, name = '']) => name)
  for (const name of names) channel(name).subscribe(hear)
  onTestFinished(() => names.forEach((name) => channel(name).unsubscribe(hear)))
  const { id, position } = await bridged.publish('a', { data: 1 })
  const request = new Request('http://localhost/', { headers: { 'last-event-id': id } })
  const response = await bridged.respond(request, { topics: ['a'], identity: 'ann' })
  await response.body?.cancel()
  await bridged.respond(new Request('http://localhost/?lastEventId=odd'), { topics: ['a'] }).then(readGap)
  await bridged.close()
  const stream = { topics: ['a'], identity: 'ann' }
  expect(told.slice(0, 4)).toEqual([
    ['holdfast:publish', { topic: 'a', events: 1, duration: expect.any(Number), position, duplicate: false }],
    ['holdfast:open', stream],
    ['holdfast:resume', { ...stream, lastEventId: id }],
    ['holdfast:close', expect.objectContaining({ ...stream, reason: 'client-closed', events: 0 })],
  ])
  expect(told).toContainEqual(['holdfast:gap', { reason: 'unknown-id', topics: ['a'] }])
})

async function readGap(response: Response): Promise<void> {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  for (let text = ''; !text.includes('event: gap');) text += (await reader.read()).value
  await reader.cancel()
}

test('docs/operations.md: the grace period holds preStop, the drain and some more', () => {
  const seconds = (pattern: RegExp): number => Number(pattern.exec(page)?.[1])
  const grace = seconds(/terminationGracePeriodSeconds: (\d+)/)
  const preStop = seconds(/preStop: \{ sleep: \{ seconds: (\d+)/)
  const drain = seconds(/on SIGTERM with (\d+) s/)
  expect(grace).toBe(2 * (preStop + drain))
  // The load balancers must have learnt of it before SIGTERM.
  expect(preStop).toBeGreaterThanOrEqual(2 * seconds(/periodSeconds: (\d+)/))
})
