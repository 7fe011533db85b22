export { chunkRoom } from './stream/chunk.ts'
export { type Sink, type SinkBody, sinkBodyKey, sinkBodyOf } from './stream/sink.ts'
export { reportsDisconnect } from './stream/request.ts'
export type { CloseReason } from './stream/closed.ts'
