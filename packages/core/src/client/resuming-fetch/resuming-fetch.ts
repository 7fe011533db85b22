import { checkOptions } from '../../check-options.ts'
import { isEventStream } from '../../wire/content-type.ts'
import { askedFor } from './asked.ts'
import { headLike } from '../response-head.ts'
import { type ResumingFetchOptions, resumingOptions } from './options.ts'
import { ResumingBody } from './resuming-body.ts'

/**
 * A `fetch` whose event streams outlive their connections, for every SDK that takes one.
 *
 * A stream that is cut is read on, at its own URL or one of `endpoints`, with each event once and its bytes as the server
 * sent them; comments, which no client dispatches, are left out. Status and headers are those of the first answer. It goes
 * on where the server's ids are positions (a Holdfast hub's), or where the answer names its resource by `Content-Location`:
 * a GET there never repeats the request itself. All other answers and streams, errors and redirects are those of `fetch`.
 *
 * Where events are missing the body fails, with {@link ConnectionError} `gap`, unless `onGap` is there to be told.
 *
 * @throws {InvalidOptionError} an option is of another kind, or there is no such option
 * @throws {OptionRangeError} a number that an option cannot be
 */
export function resumingFetch(options: ResumingFetchOptions = {}): typeof fetch {
  checkOptions('resumingFetch', options, resumingOptions)
  return async (input, init) => {
    const response = await (options.fetch ?? fetch)(input, init)
    const { status, headers, body } = response
    if (status !== 200 || !body || !isEventStream(headers.get('content-type'))) return response
    const source = new ResumingBody(response, body, askedFor(input, init), options)
    return headLike(response, new ReadableStream(source, { highWaterMark: 0 }))
  }
}
