import { createHub, type Hub } from '@holdfast/core/hub'
import { channel } from 'node:diagnostics_channel'

export const hub: Hub = createHub({ trace: (name, message) => channel(name).publish(message) })
