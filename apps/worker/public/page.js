// Ask, show the answer as it comes, go on after a reload. Native EventSource: the server resumes it by its last event ID.
const [form, prompt, stop, status, answer] = ['ask', 'prompt', 'stop', 'status', 'answer'].map((id) => document.getElementById(id))
const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? ''
const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) }
let source

form.addEventListener('submit', async (event) => {
  event.preventDefault()
  // A key for each question: asked twice, it is answered once.
  const key = crypto.randomUUID()
  const response = await fetch('/answers', {
    method: 'POST',
    headers: { ...headers, 'idempotency-key': key },
    body: JSON.stringify({ prompt: prompt.value }),
  })
  if (!response.ok) {
    status.textContent = response.status === 401 ? 'A token is needed: open this page with #token=… in its address' : `It was refused: ${response.status}`
    return
  }
  read(await response.json())
})

stop.addEventListener('click', () => {
  const { topic } = JSON.parse(sessionStorage.getItem('answer') ?? '{}')
  if (topic) void fetch(`/${topic}`, { method: 'DELETE', headers })
})

function read(asked) {
  sessionStorage.setItem('answer', JSON.stringify(asked))
  source?.close()
  source = new EventSource(asked.events)
  answer.textContent = ''
  stop.disabled = false
  let words = 0
  source.onopen = () => (status.textContent = 'Answering …')
  source.onmessage = ({ data }) => {
    answer.textContent += data
    status.textContent = `Answering … ${++words} words`
  }
  // The server ends a stream whose topic has ended, and answers 204 to who comes back: then there is nothing more.
  source.onerror = () => {
    const over = source.readyState === EventSource.CLOSED
    status.textContent = over ? `Done: ${words} words` : 'Reconnecting …'
    if (over) stop.disabled = true
  }
}

const asked = sessionStorage.getItem('answer')
if (asked) read(JSON.parse(asked))
