import { type Fixture, createFixture } from '../../fixture-app.ts'

interface Env {
  FIXTURE: { getByName(name: string): { fetch(request: Request): Promise<Response> } }
}

/** One plain Durable Object is one I/O context: the only place on Workers where requests can share streams. */
export class FixtureObject {
  readonly #fixture: Fixture = createFixture()

  fetch(request: Request): Promise<Response> {
    return this.#fixture.fetch(request)
  }
}

const worker = {
  fetch: (request: Request, env: Env): Promise<Response> => env.FIXTURE.getByName('fixture').fetch(request),
}
export default worker
