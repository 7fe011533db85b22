import { connect } from '@holdfast/core/client'

/** The same with `connect()`. */
export function ourList(urls: readonly string[], onEvent: (data: string) => void): () => void {
  const connection = connect(urls)
  connection.on('message', ({ data }) => onEvent(data))
  return () => connection.close()
}
