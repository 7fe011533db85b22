import { memoryBroker } from '@holdfast/core/hub'
import type { OpenBroker } from '../engine.ts'

export const openBroker: OpenBroker = async (_connection, limits) => memoryBroker(limits)
