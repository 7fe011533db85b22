import type { Status } from '@holdfast/core/client'

/**
 * What an endpoint is to the connection. Each is drawn in its own way; a state of the client that has none of its own is
 * drawn as one that is asked, and named by its own word.
 */
export type Role = 'carries' | 'polling' | 'standby' | 'full' | 'asked' | 'silent' | 'lost' | 'idle' | (string & {})

/** Who carries the events, and what all endpoints are, as the connection's statuses have told. */
export class Scene {
  /** The endpoint whose events are shown, also while it is silent. */
  carrier: string | undefined
  readonly #roles = new Map<string, Role>()

  roleOf(endpoint: string): Role {
    return this.#roles.get(endpoint) ?? 'idle'
  }

  // No switch over the union: what the client learns to tell later is drawn as well.
  follow(status: Status): void {
    if (status.state === 'open') this.#carry(status.endpoint, 'carries')
    else if (status.state === 'polling') this.#carry(status.endpoint, 'polling')
    else if (status.state === 'switched') this.#carry(status.endpoint, 'carries', status.from)
    else if (status.state === 'suspect') this.#set(status.endpoint, 'silent')
    else if (status.state === 'lost') this.#lose(status.endpoint)
    else if (status.state === 'connecting') this.#set(status.endpoint, 'asked')
    else if (status.state === 'waiting') this.#wait()
    else if (status.state === 'closed') this.#close()
    else if (status.state === 'standby') this.#setExtra(status)
    else this.#setOther(status)
  }

  // A state that has no drawing of its own: what it says of an endpoint is shown by its own name.
  #setOther({ state, endpoint }: { readonly state: string; readonly endpoint?: string | undefined }): void {
    if (endpoint !== undefined && state !== 'limited') this.#set(endpoint, state)
  }

  #setExtra({ endpoint, mode, open }: Extract<Status, { state: 'standby' }>): void {
    if (open) this.#set(endpoint, mode)
    else if (this.carrier !== endpoint) this.#roles.delete(endpoint)
  }

  #carry(endpoint: string, role: Role, from?: string): void {
    if (from !== undefined) this.#roles.delete(from)
    for (const [other, role] of this.#roles) {
      if (other !== endpoint && role !== 'standby' && role !== 'full') this.#roles.delete(other)
    }
    this.carrier = endpoint
    this.#roles.set(endpoint, role)
  }

  #wait(): void {
    for (const [endpoint, role] of this.#roles) if (role === 'asked') this.#roles.set(endpoint, 'lost')
  }

  #lose(endpoint: string): void {
    if (this.carrier === endpoint) this.carrier = undefined
    this.#set(endpoint, 'lost')
  }

  #close(): void {
    this.carrier = undefined
    this.#roles.clear()
  }

  #set(endpoint: string, role: Role): void {
    this.#roles.set(endpoint, role)
  }
}
