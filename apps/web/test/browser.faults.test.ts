import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { launchChromium, missing, named } from '@holdfast/testing/chromium'
import { type Demo, startDemo } from './demo.ts'
import { ask, forgetLog, logged, mend, newLines, type OpenPage, openPage, receiveMore } from './page.ts'

const faults = ['Crash', 'Freeze', 'Slow', 'Mute', 'Drain'] as const
const heartbeat = 5_000

describe.skipIf(missing)(named('a page whose servers are broken'), () => {
  let demo: Demo
  let browser: Browser
  let open: OpenPage

  beforeAll(async () => {
    demo = await startDemo()
    browser = await launchChromium()
    open = await openPage(browser, demo)
  })
  afterAll(async () => {
    await browser?.close()
    await demo?.stop()
  })
  beforeEach(() => forgetLog(open))
  afterEach(() => mend(open, demo))

  const nameOfCarrier = async (): Promise<string> => (await open.carrier().locator('h3').textContent()) ?? ''
  const harm = async (): Promise<string[]> => [await open.counter('lost'), await open.counter('repeated')]

  /** Press a button of the server that carries the events. */
  async function press(fault: (typeof faults)[number]): Promise<string> {
    const name = await nameOfCarrier()
    await open.page.locator('.server', { hasText: name }).getByRole('button', { name: fault }).click()
    return name
  }

  /** The same, and wait until another one carries them. */
  async function breakCarrier(fault: (typeof faults)[number]): Promise<string> {
    const name = await press(fault)
    await expect.poll(async () => (await nameOfCarrier()) !== name, { timeout: 30_000, interval: 50 }).toBe(true)
    return name
  }

  async function unplug(): Promise<void> {
    await open.page.getByRole('button', { name: 'Unplug the network' }).click()
    await logged(open, 'You unplugged the network')
    await expect.poll(() => open.counter('recovery')).toMatch(/^out for/)
  }

  // It mends itself after 10 s: then there is no such button any more.
  async function plug(): Promise<void> {
    const button = open.page.getByRole('button', { name: 'Plug it in again' })
    await button.click({ timeout: 5_000 }).catch(() => {})
    await ask(demo, 'POST', '/faults/network/plug')
  }

  test.each(faults)('%s: the events come from another server, and none is lost', { timeout: 90_000 }, async (fault) => {
    await receiveMore(open, 10)
    const name = await breakCarrier(fault)
    await receiveMore(open, 20)
    await logged(open, new RegExp(`Moved from ${name} to `))
    expect(await harm()).toEqual(['0', '0'])
  })

  test(
    'the large button crashes the server in use, and what happened is told in plain words',
    { timeout: 90_000 },
    async () => {
      await open.page.getByRole('button', { name: 'Crash the server in use' }).click()
      const line = newLines(open, 'You crashed').first()
      const [, name = ''] = /You crashed (\w+)/.exec((await line.textContent()) ?? '') ?? []
      await logged(open, `${name} was started again`, 60_000)
      await expect
        .poll(() => open.counter('recovery'), { timeout: 20_000 })
        .toMatch(/^(back after|not felt,) [\d.]+ s$/)
      expect(await harm()).toEqual(['0', '0'])
    },
  )

  test('unplugged, it waits, and goes on where it was', { timeout: 90_000 }, async () => {
    await unplug()
    await plug()
    await expect.poll(() => open.counter('recovery'), { timeout: 40_000 }).toMatch(/^back after/)
    expect(await harm()).toEqual(['0', '0'])
  })

  test('all streams muted: the servers are polled, and nothing is lost', { timeout: 120_000 }, async () => {
    for (const button of await open.page.getByRole('button', { name: 'Mute' }).all()) await button.click()
    await open.page.locator('.server[data-role=polling]').waitFor({ timeout: 60_000 })
    await logged(open, 'No stream gets through; polling')
    await receiveMore(open, 20)
    expect(await harm()).toEqual(['0', '0'])
  })

  test(
    'behind a proxy that collects streams it polls, and streams again without one',
    { timeout: 120_000 },
    async () => {
      const way = open.page.getByLabel('Proxy')
      await way.selectOption('collected')
      await open.page.locator('.server[data-role=polling]').waitFor({ timeout: 60_000 })
      await receiveMore(open, 20)
      await way.selectOption('passed')
      await open.carrier().waitFor({ timeout: 30_000 })
      await receiveMore(open, 20)
      expect(await harm()).toEqual(['0', '0'])
    },
  )

  test('a gap is shown where there is one: more was said than the log keeps', { timeout: 90_000 }, async () => {
    await unplug()
    for (let batch = 0; batch < 16; batch++) {
      // Or it would mend itself meanwhile.
      await ask(demo, 'POST', '/faults/network/unplug')
      const events = Array.from({ length: 100 }, (_, index) => ({ data: `message ${100 * batch + index}` }))
      expect((await ask(demo, 'POST', '/topics/chat', { events })).status).toBe(201)
    }
    await plug()
    await logged(open, 'A gap in chat: older than the history that is kept')
    await open.page.locator('.messages li', { hasText: 'message 1599' }).waitFor()
    // Of the ticker nothing is missing.
    expect(await harm()).toEqual(['0', '0'])
  })

  test('a frozen server is named', { timeout: 90_000 }, async () => {
    await open.page.getByLabel('Heartbeat').selectOption(String(heartbeat))
    await logged(open, 'You chose Heartbeat')
    await receiveMore(open, 10)
    const name = await nameOfCarrier()
    await open.page.locator('.server', { hasText: name }).getByRole('button', { name: 'Freeze' }).click()
    await logged(open, new RegExp(`${name} fell silent|Moved from ${name}`))
    await open.page.getByLabel('Heartbeat').selectOption('2000')
  })

  test.each(['none', 'standby', 'full'])('redundancy %s survives a crash', { timeout: 90_000 }, async (level) => {
    await open.page.getByLabel('Redundancy').selectOption(level)
    const beside = open.page.locator(`.server[data-role=${level}]`)
    if (level !== 'none') await beside.waitFor({ timeout: 20_000 })
    await receiveMore(open, 10)
    await breakCarrier('Crash')
    await receiveMore(open, 20)
    expect(await harm()).toEqual(['0', '0'])
    await open.page.getByLabel('Redundancy').selectOption('auto')
  })

  test('twenty faults in a row: nothing lost, nothing repeated, and others lose', { timeout: 300_000 }, async () => {
    await open.page.getByText('Compare with EventSource').click()
    await open.page.locator('[data-client=list] [data-counter=received]', { hasText: /[1-9]/ }).waitFor()
    for (let index = 0; index < 20; index++) {
      const fault = faults[index % faults.length] ?? 'Crash'
      // A slow stream is left for a better one at most every 30 s: until then it is slow, and loses nothing.
      if (fault === 'Slow') await press(fault)
      else await breakCarrier(fault)
      await receiveMore(open, 5)
      const well = open.page.locator('.server[data-process=running]:not(:has([aria-pressed=true]))')
      if ((await well.count()) < 2) await mend(open, demo)
    }
    await mend(open, demo)
    await receiveMore(open, 30)
    expect(await harm()).toEqual(['0', '0'])
    expect(Number(await open.counter('lost', 'list'))).toBeGreaterThan(0)
    await open.page.getByText('Close the comparison').click()
  })

  test('met no error on the way', () => expect(open.problems).toEqual([]))
})
