import { InvalidFieldError } from '../../src/wire/errors.ts'
import type { StreamOptions } from '../../src/response/options.ts'

interface RefusedOptions {
  name: string
  options: StreamOptions
  error: new (...values: never[]) => Error
}

/** Options that no response takes. */
export const refusedOptions: RefusedOptions[] = [
  { name: 'a negative heartbeat', options: { heartbeat: -1 }, error: RangeError },
  { name: 'a heartbeat that is not a number', options: { heartbeat: NaN }, error: RangeError },
  { name: 'a negative stallTimeout', options: { stallTimeout: -1 }, error: RangeError },
  { name: 'a negative maxAge', options: { maxAge: -0.5 }, error: RangeError },
  { name: 'maxBufferedBytes that is not a number', options: { maxBufferedBytes: NaN }, error: RangeError },
  { name: 'a negative retry', options: { retry: -1 }, error: InvalidFieldError },
  { name: 'a retry that is not an integer', options: { retry: 1.5 }, error: InvalidFieldError },
  { name: 'a retry that is not a number', options: { retry: NaN }, error: InvalidFieldError },
  {
    name: 'a retry with a line of its own',
    options: { retry: '1\ndata: x\n' as unknown as number },
    error: InvalidFieldError,
  },
  { name: 'a status that no response has', options: { status: 99 }, error: RangeError },
  { name: 'a status that has no body', options: { status: 204 }, error: RangeError },
]
