import { readdir, readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import type { PageConfig } from './config.ts'

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.js': 'text/javascript; charset=utf-8',
}

interface PageFile {
  type: string
  body: Uint8Array<ArrayBuffer>
}

/** Answer the requests for the page; undefined for every other one. */
export type PageHandler = (request: Request) => Promise<Response> | undefined

/**
 * The page as `npm run build:page` made it, and `/config.json`, which tells it what it talks to.
 *
 * @throws {Error} it was not built
 */
export async function loadPage(config: PageConfig | Promise<PageConfig>): Promise<PageHandler> {
  const files = await readFiles(new URL('../../../apps/web/dist/', import.meta.url))
  const page = async ({ type, body }: PageFile): Promise<Response> =>
    new Response(body, { headers: { 'content-type': type, ...headersFor(await config) } })

  return ({ method, url }) => {
    if (method !== 'GET' && method !== 'HEAD') return undefined
    const { pathname } = new URL(url)
    const file = files.get(pathname === '/' ? '/index.html' : pathname)
    if (file) return page(file)
    if (pathname !== '/config.json') return undefined
    return Promise.resolve(config).then((config) => Response.json(config, { headers: headersFor(config) }))
  }
}

async function readFiles(folder: URL): Promise<Map<string, PageFile>> {
  const names = await readdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw new Error('The page is not built: npm run build:page', { cause })
  })
  const files = names.map((name) => name.replaceAll('\\', '/')).filter((name) => extname(name) in types)
  return new Map(await Promise.all(files.map((name) => readPageFile(folder, name))))
}

async function readPageFile(folder: URL, name: string): Promise<[string, PageFile]> {
  const body = new Uint8Array(await readFile(new URL(name, folder)))
  return [`/${name}`, { type: types[extname(name)] as string, body }]
}

function headersFor({ servers }: PageConfig): Record<string, string> {
  const streams = servers.flatMap(({ port }) =>
    port === undefined ? [] : [`http://localhost:${port}`, `http://127.0.0.1:${port}`],
  )
  const policy = {
    'default-src': `'none'`,
    'script-src': `'self'`,
    'style-src': `'self'`,
    'img-src': `'self'`,
    'connect-src': [`'self'`, ...streams].join(' '),
    'base-uri': `'none'`,
    'form-action': `'none'`,
    'frame-ancestors': `'none'`,
    // Events are written as text; the browser refuses any code that would write them as markup.
    'require-trusted-types-for': `'script'`,
  }
  return {
    'content-security-policy': Object.entries(policy)
      .map((directive) => directive.join(' '))
      .join('; '),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-cache',
  }
}
