import type { Position } from '@holdfast/core/hub'

/** Before every position there is. */
export const nowhere: Position = { epoch: 0, offset: 0 }

/** Whether `a` comes after `b`: a later epoch, or further on in the same one. */
export function isAfter(a: Position, b: Position): boolean {
  return a.epoch === b.epoch ? a.offset > b.offset : a.epoch > b.epoch
}

/** A position as a wake-up carries it, epoch and offset with a hyphen between them. Undefined where the text is no position. */
export function parsePosition(text: string): Position | undefined {
  const [, epoch, offset] = /^(\d+)-(\d+)$/.exec(text) ?? []
  return epoch === undefined ? undefined : { epoch: Number(epoch), offset: Number(offset) }
}
