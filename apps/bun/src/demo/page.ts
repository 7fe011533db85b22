import { fileURLToPath } from 'node:url'

/** What the page must know, told by `/config.json`. */
export interface PageConfig {
  /** Where the stream servers listen. */
  ports: number[]
  /** The topics that everybody may subscribe to. */
  topics: readonly string[]
}

const folder = new URL('../../../web/src/', import.meta.url)
const types: Record<string, string> = {
  '/': 'text/html; charset=utf-8',
  '/style.css': 'text/css; charset=utf-8',
  '/icon.svg': 'image/svg+xml',
  '/main.js': 'text/javascript; charset=utf-8',
  '/config.json': 'application/json',
}

/** Answer the requests for the page; undefined for every other one. */
export type PageHandler = (request: Request) => Promise<Response> | undefined

/** Read the page, and bundle its script in memory: there is nothing to build beforehand. */
export async function loadPage(config: Promise<PageConfig>): Promise<PageHandler> {
  const files: Record<string, string> = {
    '/': await read('index.html'),
    '/style.css': await read('style.css'),
    '/icon.svg': await read('icon.svg'),
    '/main.js': await bundle('main.ts'),
  }
  return ({ method, url }) => {
    const { pathname } = new URL(url)
    const type = types[pathname]
    if (type === undefined || (method !== 'GET' && method !== 'HEAD')) return undefined
    const body = files[pathname]
    return config.then((config) => new Response(body ?? JSON.stringify(config), { headers: headersOf(type, config) }))
  }
}

function headersOf(type: string, { ports }: PageConfig): Record<string, string> {
  const streams = ports.flatMap((port) => [`http://localhost:${port}`, `http://127.0.0.1:${port}`])
  const policy = {
    'default-src': `'none'`,
    'script-src': `'self'`,
    'style-src': `'self'`,
    'img-src': `'self'`,
    'connect-src': `'self' ${streams.join(' ')}`,
    'base-uri': `'none'`,
    'form-action': `'none'`,
    'frame-ancestors': `'none'`,
    // Events are written as text; the browser refuses any code that would write them as markup.
    'require-trusted-types-for': `'script'`,
  }
  return {
    'content-type': type,
    'content-security-policy': Object.entries(policy)
      .map((directive) => directive.join(' '))
      .join('; '),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-cache',
  }
}

function read(name: string): Promise<string> {
  return Bun.file(new URL(name, folder)).text()
}

async function bundle(name: string): Promise<string> {
  const entry = fileURLToPath(new URL(name, folder))
  const { outputs } = await Bun.build({ entrypoints: [entry], target: 'browser', conditions: ['@holdfast/source'] })
  const [script] = outputs
  if (script === undefined) throw new Error(`Cannot bundle "${name}"`)
  return script.text()
}
