export { chunkRoom } from './fanout/chunk.ts'
export { type Sink, type SinkBody, sinkBodyKey, sinkBodyOf } from './fanout/sink.ts'
export { comeBackLater, retryAfter } from './response/come-back-later.ts'
export { checkRequest } from './response/check-request.ts'
export { queryOf, reportsDisconnect, urlOf } from './response/request.ts'
export type { CloseReason } from './fanout/stream-close.ts'
export { WebStreamSink } from './response/web-stream-sink.ts'
export { callSafely } from './report.ts'
export { isEventStream } from './wire/content-type.ts'

export { checkArgument, checkOptions, type Rule, type Rules, type RulesOf } from './check-options.ts'
export {
  abortSignal,
  amount,
  anything,
  callback,
  duration,
  having,
  membersOf,
  text,
  texts,
  wholeFrom,
} from './option-rules.ts'
export { streamOptions } from './response/stream-rules.ts'
