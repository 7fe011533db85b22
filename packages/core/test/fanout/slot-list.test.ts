import fc from 'fast-check'
import { expect, it } from 'vitest'
import { SlotList, type Slotted } from '../../src/fanout/slot-list.ts'

it('holds what a set would, and each item knows its place', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(9), { maxLength: 100 }), (actions) => {
      const list = new SlotList<Slotted>()
      const items = Array.from({ length: 10 }, (): Slotted => ({ slot: -1 }))
      const model = new Set<Slotted>()
      for (const which of actions) {
        const item = items[which] as Slotted
        if (model.delete(item)) {
          list.remove(item)
        } else {
          list.add(item)
          model.add(item)
        }
        expect(list.items.length).toBe(model.size)
        expect(new Set(list.items)).toEqual(model)
        for (const each of items) expect(list.items.indexOf(each)).toBe(each.slot)
      }
    }),
    { seed: 7 },
  )
})
