import { Refused } from '../refused.ts'

/**
 * The media type of a request's body, which must be one of those given, in UTF-8 and not compressed.
 *
 * @throws {Refused} 415
 */
export function mediaTypeOf<Type extends string>({ headers }: Request, accepted: readonly Type[]): Type {
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
