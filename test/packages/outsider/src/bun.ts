import { serve } from '@holdfast/adapters/bun'
import { answer, check, hub } from './program.js'

async function main(): Promise<void> {
  const server = await serve({ port: 0, hostname: '127.0.0.1', fetch: answer })
  await check(server.url)
  await server.close({ hub, within: 100 })
  console.log('passed')
}

void main()
