import { same } from './assert.ts'
import type { CaseDefinition } from './scene.ts'

const hostile = ['{"a":1}', '', ' ', 'a\r\nb\0', '日本 🐟', 'x'.repeat(10_000)]

export const signalCases: CaseDefinition[] = [
  {
    name: 'signals: one hub hears what is sent to it, with * all hear it, and nobody after unlistening',
    needs: 'signals',
    run: async (scene) => {
      const { signals } = scene
      const [a, b]: [string[], string[]] = [[], []]
      const leaveA = await signals.listen('hub-a', (text) => void a.push(text))
      await signals.listen('hub-b', (text) => void b.push(text))
      await signals.send('hub-a', 'to a')
      await signals.send('*', 'to all')
      await signals.send('nobody', 'to nobody')
      await scene.eventually('the signals', () => a.length >= 2 && b.length > 0)
      same('heard', [a.sort(), b], [['to a', 'to all'], ['to all']])
      await leaveA()
      await signals.send('hub-a', 'late')
      await signals.send('*', 'last')
      await scene.eventually('the last signal', () => b.includes('last'))
      same('heard after leaving', [a.length, b.sort()], [2, ['last', 'to all']])
    },
  },
  {
    name: 'signals: any text comes as it is, and is no event',
    needs: 'signals',
    run: async (scene) => {
      const { signals } = scene
      const heard: string[] = []
      const recorder = await scene.record('hub-a')
      await signals.listen('hub-a', (text) => void heard.push(text))
      for (const text of hostile) await signals.send('hub-a', text)
      await scene.eventually('all signals', () => heard.length >= hostile.length)
      same('heard', heard.sort(), hostile.toSorted())
      same('events', [recorder.events, (await scene.broker.read('hub-a', 'earliest', 1)).head.offset], [[], 0])
    },
  },
  {
    name: 'signals: two brokers of one engine reach each other',
    needs: ['signals', 'shared'],
    run: async (scene) => {
      const other = await scene.another()
      const heard: string[] = []
      await scene.signals.listen('hub-a', (text) => void heard.push(text))
      await other.signals?.send('hub-a', '1')
      await other.signals?.send('*', '2')
      await scene.eventually('both', () => heard.length >= 2)
      same('heard', heard.sort(), ['1', '2'])
    },
  },
]
