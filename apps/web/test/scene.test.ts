import type { Status } from '@holdfast/core/client'
import { describe, expect, it } from 'vitest'
import { Scene } from '../src/picture/scene.ts'

function follow(...statuses: Status[]): Scene {
  const scene = new Scene()
  for (const status of statuses) scene.follow(status)
  return scene
}

const rolesOf = (scene: Scene): string[] => ['a', 'b', 'c'].map((endpoint) => scene.roleOf(endpoint))

describe('the scene', () => {
  it('shows who is asked, and who carries the events', () => {
    expect(rolesOf(follow({ state: 'connecting', endpoint: 'a' }))).toEqual(['asked', 'idle', 'idle'])
    const open = follow({ state: 'connecting', endpoint: 'a' }, { state: 'open', endpoint: 'a' })
    expect([open.carrier, ...rolesOf(open)]).toEqual(['a', 'carries', 'idle', 'idle'])
  })

  it('keeps the line to a silent server until another carries the events, and the standby beside it', () => {
    const silent: Status[] = [
      { state: 'open', endpoint: 'a' },
      { state: 'standby', endpoint: 'c', mode: 'standby', open: true },
      { state: 'suspect', endpoint: 'a' },
    ]
    expect([follow(...silent).carrier, ...rolesOf(follow(...silent))]).toEqual(['a', 'silent', 'idle', 'standby'])
    const moved = follow(...silent, { state: 'switched', from: 'a', endpoint: 'b', reason: 'suspect' })
    expect([moved.carrier, ...rolesOf(moved)]).toEqual(['b', 'idle', 'carries', 'standby'])
  })

  it('shows that nobody carries them, and that nobody answers', () => {
    const lost = follow(
      { state: 'open', endpoint: 'a' },
      { state: 'lost', endpoint: 'a', reason: 'network' },
      { state: 'connecting', endpoint: 'b' },
      { state: 'waiting', delay: 1_000 },
    )
    expect([lost.carrier, ...rolesOf(lost)]).toEqual([undefined, 'lost', 'lost', 'idle'])
  })

  it('shows that a server is polled, which carries the events as well', () => {
    const polled = follow({ state: 'connecting', endpoint: 'a' }, { state: 'polling', endpoint: 'b' })
    expect([polled.carrier, ...rolesOf(polled)]).toEqual(['b', 'idle', 'polling', 'idle'])
  })

  it('shows a state that it does not know by its own name', () => {
    const scene = follow({ state: 'open', endpoint: 'a' }, { state: 'dreaming', endpoint: 'a' } as unknown as Status)
    expect(scene.roleOf('a')).toBe('dreaming')
    expect(scene.carrier).toBe('a')
  })
})
