import type { EndpointState } from './endpoint.ts'
import type { Link } from './link.ts'
import { isVoluntary, overlap } from './mover.ts'

/** All links of a connection, open or not yet. */
export class Links extends Set<Link> {
  /** The open ones that bring events. */
  get full(): Link[] {
    return [...this].filter(({ open, standby }) => open && !standby)
  }

  /** One that can be relied on. */
  get healthy(): Link | undefined {
    return this.full.find(({ healthy }) => healthy)
  }

  /** Endpoints whose streams are to be replaced. */
  get failing(): EndpointState[] {
    return this.full.filter(({ healthy }) => !healthy).map(({ endpoint }) => endpoint)
  }

  /** Close what a newly opened link replaces at once: suspects, and all others where only one stream may count. */
  dismiss(opened: Link, onlyOne: boolean): void {
    for (const link of this.full) {
      if (link === opened || (!link.suspect && !onlyOne)) continue
      if (link.suspect) link.endpoint.failed()
      link.close()
    }
  }

  /** Close what is to be replaced, now that another stream is live. */
  relieve(live: Link): void {
    for (const link of this.full) {
      if (link === live || !link.leaving) continue
      if (link.leaving === 'behind') link.endpoint.failed()
      link.retire(isVoluntary(link.leaving) ? overlap : 0)
    }
  }
}
