import { Refused } from '../refused.ts'
import type { ResolvedLimits } from './limits.ts'

/** A request's body. */
export interface TextBody<Type extends string> {
  type: Type
  text: string
}

/**
 * Read a request's body as text of one of the media types given, in UTF-8 and not compressed.
 *
 * @throws {Refused} 415 for another type, 413, 408, or 400 for a body that breaks off or is not UTF-8
 */
export async function readBody<Type extends string>(
  request: Request,
  accepted: readonly Type[],
  limits: ResolvedLimits,
): Promise<TextBody<Type>> {
  return { type: mediaTypeOf(request, accepted), text: await readText(request, limits) }
}

function mediaTypeOf<Type extends string>({ headers }: Request, accepted: readonly Type[]): Type {
  const [type = '', ...parameters] = (headers.get('content-type') ?? '').toLowerCase().split(';')
  const charset = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith('charset='))
  const utf8 = charset === undefined || /^charset="?utf-?8"?$/.test(charset)
  const plain = (headers.get('content-encoding') ?? 'identity') === 'identity'
  const known = accepted.find((each) => each === type.trim())
  if (utf8 && plain && known !== undefined) return known
  throw new Refused(415, 'unsupported-media-type', `Send ${accepted.join(' or ')}, in UTF-8 and not compressed`, {
    'accept-post': accepted.join(', '),
  })
}

// Counted while it comes in, so that a body that never ends costs no more than the limit, and one that trickles no longer
// than the time allowed.
async function readText(request: Request, limits: ResolvedLimits): Promise<string> {
  if (Number(request.headers.get('content-length')) > limits.bodyBytes) throw tooLarge(limits)
  if (request.body === null) return ''
  const reader = request.body.getReader()
  const deadline = createDeadline(limits.bodyTimeout)
  try {
    return await Promise.race([readAll(reader, limits), deadline.passed])
  } catch (error) {
    // Not awaited: what the client still sends is of no interest.
    reader.cancel().catch(() => {})
    throw error
  } finally {
    deadline.clear()
  }
}

async function readAll(reader: ReadableStreamDefaultReader<Uint8Array>, limits: ResolvedLimits): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let text = ''
  for (let bytes = 0; ;) {
    const { done, value } = await reader.read().catch(brokenOff)
    if (done) return text + decode(decoder)
    bytes += value.byteLength
    if (bytes > limits.bodyBytes) throw tooLarge(limits)
    text += decode(decoder, value)
  }
}

function decode(decoder: TextDecoder, chunk?: Uint8Array): string {
  try {
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true })
  } catch {
    throw new Refused(400, 'invalid-body', 'The body is not UTF-8')
  }
}

function createDeadline(ms: number): { passed: Promise<never>; clear(): void } {
  if (ms === 0) return { passed: new Promise(() => {}), clear: () => {} }
  const { promise, reject } = withResolvers<never>()
  const timer = setTimeout(() => reject(new Refused(408, 'body-timeout', `The body took longer than ${ms} ms`)), ms)
  return { passed: promise, clear: () => clearTimeout(timer) }
}

// Promise.withResolvers is not in Node 20.
function withResolvers<T>(): { promise: Promise<T>; reject(reason: unknown): void } {
  let reject: (reason: unknown) => void = () => {}
  const promise = new Promise<T>((_, refuse) => {
    reject = refuse
  })
  return { promise, reject }
}

function tooLarge({ bodyBytes }: ResolvedLimits): Refused {
  return new Refused(413, 'body-too-large', `The body is larger than ${bodyBytes} bytes`)
}

function brokenOff(): never {
  throw new Refused(400, 'invalid-body', 'The body broke off')
}
