import { InvalidOptionError, OptionRangeError } from './invalid-option.ts'

/**
 * What an argument or an option may be:
 *
 * - words that name its types as `typeof` does, and that a message repeats: `'an object or a function'`. Not null, and no
 *   number below 0
 * - a list: one of these words
 * - an object: an object that has these options
 * - a function: returns what to give instead, and nothing where it will do
 */
export type Rule = string | readonly string[] | ((given: unknown) => string) | Rules

export interface Rules {
  readonly [option: string]: Rule
}

/** A rule for each option there is: the compiler asks for those that are missing. */
export type RulesOf<Options> = { readonly [Name in keyof Options]-?: Rule }

/**
 * Check the options of a call, once, when something is made. It looks at those that were given and at no others, so that it
 * can stand on the way of each request: 0.04 µs where none was given, 0.24 for three (`bench/options.ts`, Node 26).
 *
 * @param call - the function's name, which is also its heading in docs/mistakes.md
 * @throws {InvalidOptionError} an option does not exist, or is of another kind
 * @throws {OptionRangeError} a number that an option cannot be
 */
export function checkOptions(call: string, given: object | undefined, rules: Rules): void {
  if (given !== undefined) checkArgument(call, 'options', given, rules)
}

/** The same for one argument, which must be there. */
export function checkArgument(call: string, name: string, given: unknown, rule: Rule): void {
  const wanted = wantedInsteadOf(given, rule)
  if (wanted) {
    // Where a number is wanted, and one was given, it is out of range.
    const Refusal = typeof given === 'number' && wanted.includes('number') ? OptionRangeError : InvalidOptionError
    throw new Refusal(messageOf(call, `${name} is ${shown(given, rule)}, give ${wanted}`))
  }
  if (isRules(rule)) checkMembers(call, name, given as Readonly<Record<string, unknown>>, rule)
}

function checkMembers(call: string, name: string, given: Readonly<Record<string, unknown>>, rules: Rules): void {
  for (const option in given) {
    const rule = Object.hasOwn(rules, option) ? rules[option] : undefined
    if (rule === undefined) {
      throw new InvalidOptionError(messageOf(call, `there is no ${name}.${option}, but ${nearest(option, rules)}`))
    }
    if (given[option] !== undefined) checkArgument(call, `${name}.${option}`, given[option], rule)
  }
}

/** Nothing where it will do. */
function wantedInsteadOf(given: unknown, rule: Rule): string {
  if (typeof rule === 'function') return rule(given)
  if (Array.isArray(rule)) return rule.includes(given) ? '' : rule.join(' or ')
  const words = typeof rule === 'string' ? rule : 'an object'
  const isOfType = words.includes(typeof given) && given !== null && (typeof given !== 'number' || given >= 0)
  return isOfType ? '' : words
}

function isRules(rule: Rule): rule is Rules {
  return typeof rule === 'object' && !Array.isArray(rule)
}

function messageOf(call: string, problem: string): string {
  return `Cannot call ${call}(): ${problem} (docs/mistakes.md#${call.toLowerCase()})`
}

// Of an object its class, and no text where none is wanted: it may be a secret that was given in its place.
function shown(given: unknown, rule: Rule): string {
  if (Object(given) === given) return `an object of ${(given as object).constructor?.name}`
  return typeof given === 'string' && typeof rule !== 'string' && !Array.isArray(rule)
    ? 'a string'
    : `"${String(given)}"`
}

function nearest(option: string, rules: Rules): string {
  const names = Object.keys(rules)
  const within = (edits: number): string | undefined => names.find((name) => isNear(name, option, edits))
  return within(1) ?? within(2) ?? names.join(', ')
}

/** Whether so many changes of one letter make one word of the other. */
function isNear(a: string, b: string, edits: number): boolean {
  if (a === b || edits < 0) return edits >= 0
  const [restOfA, restOfB] = [a.slice(1), b.slice(1)]
  if (a[0] === b[0]) return isNear(restOfA, restOfB, edits)
  return isNear(restOfA, restOfB, edits - 1) || isNear(restOfA, b, edits - 1) || isNear(a, restOfB, edits - 1)
}
