import { runReaders } from '../reader.ts'

const { searchParams, origin } = new URL(location.href)
await runReaders(origin, searchParams.get('run') ?? '')
