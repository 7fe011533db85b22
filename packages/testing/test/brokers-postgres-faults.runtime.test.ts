import { setTimeout as wait } from 'node:timers/promises'
import { migrationSql, postgresBroker } from '@holdfast/adapters/postgres'
import { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPostgresBroker } from '../src/brokers/engines/postgres.ts'
import { trimmedWhileAway } from '../src/brokers/faults/cases.ts'
import { FaultScene, type OpenAt } from '../src/brokers/faults/scene.ts'
import { expectNothingLost } from '../src/brokers/faults/three-runtimes.ts'
import { PostgresServer } from '../src/brokers/postgres-server.ts'
import { requireTool } from '../src/require-tool.ts'

const postgres = requireTool('postgres') ?? ''

describe.skipIf(!postgres)('postgresBroker', () => {
  let server: PostgresServer
  let schemas = 0
  beforeAll(async () => {
    server = await PostgresServer.start(postgres)
  })
  afterAll(() => server[Symbol.asyncDispose]())

  function newSchema(): string {
    return `faults_${++schemas}`
  }

  function openIn(schema: string, user = 'postgres'): OpenAt {
    return (port, options) =>
      openPostgresBroker(`postgres://${user}@127.0.0.1:${port}/postgres?schema=${schema}`, options)
  }

  it('misses nothing while backends are terminated', async () => {
    await using scene = await FaultScene.start(server.port, openIn(newSchema()))
    for (let round = 0; round < 5; round++) {
      await server.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()')
      await wait(100)
    }
    await scene.expectAllOnce()
  })

  it('misses nothing over an orderly restart', async () => {
    await using scene = await FaultScene.start(server.port, openIn(newSchema()))
    await server.stop()
    await server.start()
    await scene.expectAllOnce()
  })

  const faults = {
    'kill -9 and restart': () => server.restart(),
    'a SIGSTOP of 5 s': async () => {
      const thaw = server.freeze()
      await wait(5_000)
      thaw()
    },
  }
  it.each(Object.entries(faults))('loses nothing in hubs on three runtimes over %s', async (_name, fault) => {
    const connection = `${server.url}?schema=${newSchema()}`
    await expectNothingLost({ module: 'postgres', connection, open: () => openPostgresBroker(connection, {}), fault })
  })

  it('tells its readers of history trimmed while their hub was away', async () => {
    await trimmedWhileAway(openIn(newSchema()), server)
  })

  it('begins a new epoch where the database knows less than it had told, as from a backup', async () => {
    const schema = newSchema()
    await using scene = await FaultScene.start(server.port, openIn(schema))
    await server.query(`
      BEGIN;
      UPDATE ${schema}.topics SET head = head - 3 WHERE name = 'faults';
      DELETE FROM ${schema}.events e USING ${schema}.topics t WHERE e.topic = t.id AND e."offset" > t.head;
      COMMIT`)
    await scene.going()
    await scene.expectGap(2, 'new-epoch')
  })

  it('makes its schema once, though many begin at once', async () => {
    const open = openIn(newSchema())
    const brokers = Array.from({ length: 8 }, (_, index) => open(server.port, {}, index))
    const published = await Promise.all(brokers.map((broker) => broker.publish('a', [{ data: 'x' }])))
    expect(new Set(published.map(({ position }) => position.offset))).toEqual(new Set([1, 2, 3, 4, 5, 6, 7, 8]))
    await Promise.all(brokers.map((broker) => broker.close()))
  })

  it('makes what migrationSql makes', async () => {
    const [byBroker, bySql] = [newSchema(), newSchema()]
    await server.query(migrationSql(bySql))
    await server.query(migrationSql(bySql))
    const broker = openIn(byBroker)(server.port, {}, 0)
    await broker.publish('a', [{ data: 'x' }])
    await broker.close()
    expect(await shapeOf(byBroker)).toEqual(await shapeOf(bySql))
  })

  it('needs no right to create anything where migrationSql was run', async () => {
    const schema = newSchema()
    await server.query(migrationSql(schema))
    await server.query(`
      CREATE ROLE modest LOGIN;
      GRANT USAGE ON SCHEMA ${schema} TO modest;
      GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO modest`)
    const broker = openIn(schema, 'modest')(server.port, {}, 0)
    expect((await broker.publish('a', [{ data: 'x' }])).position.offset).toBe(1)
    expect((await broker.read('a', 'earliest', 9)).events).toHaveLength(1)
    await broker.close()
  })

  it('lets go of what is too old, also where nobody writes any more', async () => {
    const schema = newSchema()
    const broker = openIn(schema)(server.port, { maxAge: 1_000 }, 0)
    await broker.publish('a', [{ data: 'old' }, { data: 'old' }])
    await server.query(`UPDATE ${schema}.events SET written_at = written_at - interval '1 minute'`)
    await broker.publish('a', [{ data: 'new' }])
    expect((await broker.read('a', 'earliest', 9)).events.map(({ data }) => data)).toEqual(['new'])
    await server.query(`UPDATE ${schema}.topics SET written_at = written_at - interval '1 minute'`)
    await server.query(`SELECT ${schema}.sweep(1000, 86401000)`)
    const page = await broker.read('a', 'earliest', 9)
    expect([page.events, page.head.offset]).toEqual([[], 3])
    await server.query(`UPDATE ${schema}.topics SET written_at = '2020-01-01', used_at = '2020-01-01'`)
    await server.query(`SELECT ${schema}.sweep(1000, 86401000)`)
    expect(await server.query(`SELECT name FROM ${schema}.topics`)).toEqual([])
    await broker.close()
  })

  it('refuses a signal that NOTIFY cannot carry, with a typed error', async () => {
    const broker = openIn(newSchema())(server.port, {}, 0)
    await expect(broker.signals?.send('*', 'x'.repeat(65_537))).rejects.toMatchObject({ code: 'signal-too-large' })
    await broker.close()
  })

  it('refuses a schema that would have to be escaped', () => {
    const pool = new Pool()
    for (const schema of ['a"; DROP SCHEMA public; --', 'A', '1a', '', 'a'.repeat(41)])
      expect(() => postgresBroker(pool, { schema })).toThrow(expect.objectContaining({ code: 'invalid-option' }))
  })

  /** All of a schema that can be told, without its name. */
  async function shapeOf(schema: string): Promise<unknown> {
    const rows = await Promise.all([
      server.query(`SELECT table_name, column_name, data_type, is_nullable, column_default, identity_generation
        FROM information_schema.columns WHERE table_schema = '${schema}' ORDER BY 1, 2`),
      server.query(`SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = '${schema}' ORDER BY 1`),
      server.query(`SELECT proname, pg_get_functiondef(oid) FROM pg_proc
        WHERE pronamespace = '${schema}'::regnamespace ORDER BY 1`),
      server.query(`SELECT number FROM ${schema}.version`),
    ])
    expect(rows.map((each) => each.length > 0)).toEqual([true, true, true, true])
    return JSON.parse(JSON.stringify(rows).replaceAll(schema, 'the_schema'))
  }
})
