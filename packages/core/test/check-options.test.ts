import { describe, expect, it } from 'vitest'
import { HoldfastError, InvalidOptionError, OptionRangeError, StreamClosedError } from '../src/index.ts'
import { checkArgument, checkOptions, type Rules } from '../src/check-options.ts'
import { callback, duration, text, texts, wholeFrom } from '../src/option-rules.ts'

const rules: Rules = {
  idleTimeout: duration,
  onClose: callback,
  name: text,
  mode: ['fast', 'slow'],
  topics: texts,
  limit: wholeFrom(1, 10),
  either: 'an object or a function',
  nested: { timeout: duration },
}

function messageOf(options: object): string {
  try {
    checkOptions('make', options, rules)
  } catch (error) {
    if (error instanceof Error) return error.message
  }
  return 'accepted'
}

describe('options', () => {
  it.each([
    {},
    { idleTimeout: 0, onClose: () => {}, name: '', mode: 'slow', topics: [], limit: 10, either: {}, nested: {} },
    { idleTimeout: Infinity, either: () => {}, topics: ['a'], nested: { timeout: 1.5 } },
    { idleTimeout: undefined, name: undefined, nested: { timeout: undefined } },
    Object.create({ idleTimeout: 5 }) as object,
  ])('that are what they may be are accepted: %o', (options) => {
    expect(messageOf(options)).toBe('accepted')
  })

  it.each([
    [{ idelTimeout: 1 }, 'there is no options.idelTimeout, but idleTimeout'],
    [{ idletimeout: 1 }, 'there is no options.idletimeout, but idleTimeout'],
    [{ onclose: null }, 'there is no options.onclose, but onClose'],
    [{ nme: undefined }, 'there is no options.nme, but name'],
    [{ nested: { timout: 1 } }, 'there is no options.nested.timout, but timeout'],
    [{ constructor: 1 }, 'there is no options.constructor, but idleTimeout, onClose, name, mode, '],
    [{ toString: 1 }, 'there is no options.toString, but idleTimeout'],
    [['name'], 'there is no options.0, but idleTimeout'],
    [() => {}, 'options is an object of Function, give an object'],
  ])('that do not exist are refused with the nearest name: %o', (options, message) => {
    expect(messageOf(options)).toContain(`Cannot call make(): ${message}`)
  })

  it.each([
    [{ idleTimeout: '5s' }, 'idleTimeout is "5s", give a number of milliseconds, 0 or more'],
    [{ idleTimeout: '5' }, 'idleTimeout is "5"'],
    [{ idleTimeout: null }, 'idleTimeout is "null"'],
    [{ idleTimeout: 5n }, 'idleTimeout is "5"'],
    [{ idleTimeout: new Date() }, 'idleTimeout is an object of Date'],
    [{ onClose: 5 }, 'onClose is "5", give a function'],
    [{ onClose: {} }, 'onClose is an object of Object'],
    [{ name: () => {} }, 'name is an object of Function, give a string'],
    [{ name: Symbol('x') }, 'name is "Symbol(x)"'],
    [{ mode: 'quick' }, 'mode is "quick", give fast or slow'],
    [{ topics: 'clock' }, "topics is a string, give ['clock']"],
    [{ topics: ['a', 1] }, 'topics is an object of Array, give a list of strings'],
    [{ topics: new Set(['a']) }, 'topics is an object of Set, give a list'],
    [{ either: 'x' }, 'either is "x", give an object or a function'],
    [{ either: null }, 'either is "null"'],
    [{ nested: 5 }, 'nested is "5", give an object'],
    [{ nested: { timeout: true } }, 'nested.timeout is "true"'],
    [{ nested: Object.create(null, { timeout: { value: [], enumerable: true } }) as object }, 'nested.timeout is'],
  ])('of another kind are refused: %o', (options, message) => {
    expect(messageOf(options)).toContain(`options.${message}`)
    expect(() => checkOptions('make', options, rules)).toThrow(InvalidOptionError)
  })

  it.each([
    [{ idleTimeout: -1 }, 'idleTimeout is "-1", give a number of milliseconds, 0 or more'],
    [{ idleTimeout: NaN }, 'idleTimeout is "NaN"'],
    [{ limit: 11 }, 'limit is "11", give a whole number from 1 to 10'],
    [{ limit: 1.5 }, 'limit is "1.5"'],
  ])('out of range are refused: %o', (options, message) => {
    expect(messageOf(options)).toContain(`options.${message}`)
    expect(() => checkOptions('make', options, rules)).toThrow(OptionRangeError)
  })

  it('are looked at by their own names only, and end with where to read on', () => {
    expect(messageOf({ x: 1 })).toMatch(/ \(docs\/mistakes\.md#make\)$/)
    expect(() => checkArgument('make', 'it', Object.create(null), text)).toThrow(
      'it is an object of undefined, give a string',
    )
  })
})

describe('a refusal', () => {
  const refusals = [new InvalidOptionError('x'), new OptionRangeError('x')]

  it('is what the web throws, and one of ours, with a code', () => {
    expect(refusals.map((error) => [error instanceof HoldfastError, error.code, error.name])).toEqual([
      [true, 'invalid-option', 'TypeError'],
      [true, 'option-range', 'RangeError'],
    ])
    expect(refusals[0]).toBeInstanceOf(TypeError)
    expect(refusals[1]).toBeInstanceOf(RangeError)
  })

  it('is no other of our errors, and no other error is one of ours', () => {
    expect(refusals.some((error) => error instanceof StreamClosedError)).toBe(false)
    const others = [new TypeError('x'), null, undefined, 'x', { code: 'invalid-option' }]
    expect(others.some((error) => error instanceof HoldfastError)).toBe(false)
    expect(new StreamClosedError('ended')).toBeInstanceOf(HoldfastError)
  })
})
