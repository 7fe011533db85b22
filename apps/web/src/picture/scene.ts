import type { Status } from '@holdfast/core/client'

/**
 * What an endpoint is to the connection. Each is drawn in its own way; a state of the client that has none of its own is
 * drawn as one that is asked, and named by its own word.
 */
export type Role = 'carries' | 'standby' | 'full' | 'asked' | 'silent' | 'lost' | 'idle' | (string & {})

/** Who carries the events, and what all endpoints are, as the connection's statuses have told. */
export class Scene {
  /** The endpoint whose events are shown, also while it is silent. */
  carrier: string | undefined
  readonly #roles = new Map<string, Role>()

  roleOf(endpoint: string): Role {
    return this.#roles.get(endpoint) ?? 'idle'
  }

  follow(status: Status): void {
    switch (status.state) {
      case 'open':
        return this.#carry(status.endpoint)
      case 'switched':
        this.#roles.delete(status.from)
        return this.#carry(status.endpoint)
      case 'suspect':
        return this.#set(status.endpoint, 'silent')
      case 'lost':
        if (this.carrier === status.endpoint) this.carrier = undefined
        return this.#set(status.endpoint, 'lost')
      case 'standby':
        return status.open ? this.#set(status.endpoint, status.mode) : this.#leave(status.endpoint)
      case 'connecting':
        return this.#set(status.endpoint, 'asked')
      case 'closed':
        this.carrier = undefined
        return this.#roles.clear()
      case 'waiting':
        return this.#wait()
      default:
        return this.#other(status)
    }
  }

  // A state that has no drawing of its own: what it says of an endpoint is shown by its own name.
  #other(status: { readonly state: string; readonly endpoint?: string | undefined }): void {
    if (status.endpoint !== undefined && status.state !== 'limited') this.#set(status.endpoint, status.state)
  }

  #carry(endpoint: string): void {
    for (const [other, role] of this.#roles) {
      if (other !== endpoint && role !== 'standby' && role !== 'full') this.#roles.delete(other)
    }
    this.carrier = endpoint
    this.#roles.set(endpoint, 'carries')
  }

  #wait(): void {
    for (const [endpoint, role] of this.#roles) if (role === 'asked') this.#roles.set(endpoint, 'lost')
  }

  #leave(endpoint: string): void {
    if (this.carrier !== endpoint) this.#roles.delete(endpoint)
  }

  #set(endpoint: string, role: Role): void {
    this.#roles.set(endpoint, role)
  }
}
