import { element, make, say } from './dom.ts'

/** Let the form publish with a token, to this page's own server: its connections are not taken up by streams. */
export function setUpPublishForm(topics: readonly string[], token: string): void {
  const form = element('publish', HTMLFormElement)
  const topic = element('topic', HTMLSelectElement)
  const text = element('text', HTMLTextAreaElement)
  const note = element('published', HTMLElement)
  topic.append(...topics.map((name) => make('option', '', name)))

  if (token === '') {
    for (const control of form.querySelectorAll<HTMLButtonElement>('button, textarea, select')) control.disabled = true
    say(note, 'To publish, open the address that the terminal shows: it carries the token.')
    return
  }

  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    note.classList.remove('bad')
    try {
      say(note, await publish(topic.value, text.value, token))
      text.value = ''
    } catch (error) {
      note.classList.add('bad')
      say(note, error instanceof Error ? error.message : String(error))
    }
  })
}

interface Answer {
  position: { offset: number }
  /** Of a problem. */
  title: string
  detail?: string
}

async function publish(topic: string, text: string, token: string): Promise<string> {
  const response = await fetch(`/topics/${encodeURIComponent(topic)}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'text/plain' },
    body: text,
  })
  const answer = (await response.json()) as Answer
  if (!response.ok) throw new Error(`Not published: ${answer.detail ?? answer.title}`)
  return `Published as number ${answer.position.offset} of ${topic}`
}
