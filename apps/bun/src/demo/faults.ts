import { isAuthorized, unauthorized } from '@holdfast/demo'
import type { Fault } from '@holdfast/demo/config'
import type { Auth } from '@holdfast/service'
import type { Fleet } from './fleet.ts'

/** What can be done to a server here. */
export const faults: readonly Fault[] = ['crash', 'freeze', 'slow', 'mute', 'drain']

/**
 * `POST /faults/:server/:fault` does something to a server, or lifts it, `POST /faults/network/unplug` and `…/plug` cut the
 * way to all of them, `POST /faults/mend` makes all as it was. For who has the token: this is a demo, on loopback.
 *
 * @returns undefined for any other request
 */
export async function routeFaults(request: Request, fleet: Fleet, auth: Auth): Promise<Response | undefined> {
  const { pathname } = new URL(request.url)
  if (request.method !== 'POST' || !pathname.startsWith('/faults/')) return undefined
  if (!(await isAuthorized(request, auth))) return unauthorized()
  const isDone = await inflict(pathname.split('/').slice(2), fleet)
  return new Response(null, { status: isDone ? 204 : 404 })
}

async function inflict([where = '', what = '']: string[], fleet: Fleet): Promise<boolean> {
  if (where === 'mend') fleet.mend()
  else if (where !== 'network') return isFault(what) && fleet.inflict(Number(where), what)
  else if (what !== 'unplug' && what !== 'plug') return false
  else fleet.unplug(what === 'unplug')
  return true
}

function isFault(text: string): text is Fault {
  return (faults as readonly string[]).includes(text)
}
