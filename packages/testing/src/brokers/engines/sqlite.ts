import { sqliteBroker } from '@holdfast/adapters/sqlite'
import type { OpenBroker } from '../engine.ts'

/** @param path - of the file */
export const openBroker: OpenBroker = async (path, { maxEvents }) => sqliteBroker(path, { maxEvents })
