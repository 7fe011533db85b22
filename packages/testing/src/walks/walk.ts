/** A way through the sources that a reader may want to follow. */
export interface Walk {
  letter: 'a' | 'b' | 'c' | 'd'
  title: string
  /** More files than this are no way that a reader can keep in mind. */
  limit: number
  /** Which files belong to it, where the way leads through more than its title says. Default all of a package's `src`. */
  rooms?: RegExp
  /** Take it for real. @returns the files of which a function was called, relative to the root and sorted */
  measure(): Promise<string[]>
  /** The same with what has to be there before, for who wants to know. */
  measureAll?(): Promise<string[]>
}

/** A walk that can be taken again and again. */
export interface Path {
  step(): Promise<void>
  close(): Promise<void>
}

const inPackages = /^packages\/(?!testing\/)[^/]+\/src\//
// All rooms stand on these (clock, turns, errors, report), wherever the way leads.
const atCoreRoot = /^packages\/core\/src\/[^/]+$/

// What a timer did meanwhile was not called each time.
const times = 5

/** The files that every one of several walks went through, once the first one has warmed up. */
export async function filesOf(walk: () => Promise<string[]>): Promise<string[]> {
  await walk()
  let common = await walk()
  for (let time = 1; time < times; time++) {
    const files = new Set(await walk())
    common = common.filter((file) => files.has(file))
  }
  return common.filter((file) => inPackages.test(file) && !atCoreRoot.test(file)).toSorted()
}
