// What every function and every prototype has. No member's name has one of these in it.
const common = /length|name|prototype|constructor/

/** Give a class what Web IDL gives an interface: a name that survives minifiers, a tag, constants, enumerable members. */
export function defineInterface(type: { prototype: object }, name: string, constants: Record<string, number>): void {
  const { prototype } = type
  const define = Object.defineProperty
  for (const object of [type, prototype]) {
    for (const key in constants) define(object, key, { value: constants[key], enumerable: true })
    for (const key of Object.getOwnPropertyNames(object)) {
      if (!common.test(key)) define(object, key, { enumerable: true })
    }
  }
  define(type, 'name', { value: name })
  define(prototype, Symbol.toStringTag, { value: name, configurable: true })
}
