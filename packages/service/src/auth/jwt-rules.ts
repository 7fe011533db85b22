import { duration, type Rules, text, texts } from '@holdfast/core/adapter'

/** What the options of `jwt` may be. Keys that are none are not shown. */
export const jwtOptions: Rules = {
  secret: (given) => (typeof given === 'string' || given instanceof Uint8Array ? '' : 'a string or a Uint8Array'),
  publicKey: (given) => (isTextOrObject(given) ? '' : 'a PEM text or a JWK'),
  jwks: (given) => (isTextOrObject(given) ? '' : 'a URL, or a JSON Web Key Set'),
  algorithms: texts,
  issuer: oneOrMore,
  audience: oneOrMore,
  claim: text,
  clockTolerance: duration,
}

function isTextOrObject(given: unknown): boolean {
  return typeof given === 'string' || (typeof given === 'object' && given !== null)
}

function oneOrMore(given: unknown): string {
  return typeof given === 'string' ? '' : texts(given)
}
