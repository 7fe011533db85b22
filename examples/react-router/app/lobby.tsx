import { connect } from '@holdfast/core/client'
import { useEffect, useState } from 'react'

export default function Lobby() {
  const [lines, setLines] = useState<string[]>([])
  useEffect(() => {
    const events = connect('/rooms/lobby')
    events.on('*', ({ data }) => setLines((before) => [...before, data]))
    return () => events.close()
  }, [])
  return lines.map((line, index) => <p key={index}>{line}</p>)
}
