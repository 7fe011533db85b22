import { make } from './dom/make.ts'
import { language, words } from './i18n/index.ts'
import { Page } from './page.ts'
import { loadSetup } from './setup.ts'

const root = document.getElementById('page') ?? document.body
document.documentElement.lang = language

try {
  const page = new Page(await loadSetup(), root)
  addEventListener('pagehide', () => page.close())
  // What comes back from the browser's cache has closed its connections.
  addEventListener('pageshow', ({ persisted }) => persisted && location.reload())
} catch (error) {
  root.append(
    make('p', { class: 'notice', role: 'alert' }, words.failed(error instanceof Error ? error.message : String(error))),
  )
}
