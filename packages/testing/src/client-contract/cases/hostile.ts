/**
 * What servers do by mistake, by age or out of malice, and what a client must make of it: nothing that a server answers may
 * keep it from coming back. Runs everywhere: no test runner, no Node.
 */
import type { HostileCase } from '../hostile/context.ts'
import { contentTypeCases, oddCases, retryCases } from './hostile/answers.ts'
import { finalCases, schemaCases } from './hostile/finals.ts'
import { counterCase, idCases } from './hostile/ids.ts'
import { epochCase, topicsCase } from './hostile/logs.ts'
import { hintCases, namesCases } from './hostile/names.ts'
import { sizeCases } from './hostile/sizes.ts'

/** The long ones first. */
export const hostileCases: readonly HostileCase[] = [
  epochCase,
  ...retryCases,
  topicsCase,
  ...oddCases,
  ...idCases,
  ...namesCases,
  ...hintCases,
  ...sizeCases,
  ...contentTypeCases,
  counterCase,
  ...finalCases,
  ...schemaCases,
]
