import { checkArgument } from '@holdfast/core/adapter'
import { namesOf, schemaName } from './names.ts'

/** Which shape of the tables this code knows. */
export const schemaVersion = 1

/**
 * The statements that make a schema ready for {@link postgresBroker}, or bring an older one up to date. The broker runs
 * them itself unless they have been run: that is for roles that may create nothing.
 *
 * They can be run again, also by several at once. The role of the broker then needs `USAGE` on the schema, `SELECT`,
 * `INSERT`, `UPDATE` and `DELETE` on its tables, and `EXECUTE` on its functions.
 *
 * @param schema - up to 40 of a–z, 0–9 and `_`. Default `holdfast`
 * @throws {InvalidOptionError} the schema has another name
 */
export function migrationSql(schema = 'holdfast'): string {
  checkArgument('migrationSql', 'schema', schema, schemaName)
  const { schema: quoted } = namesOf(schema)
  return [
    'BEGIN;',
    // Hubs that start together wait for one another: IF NOT EXISTS alone lets the second one fail.
    `SELECT pg_advisory_xact_lock(hashtext('holdfast migration of ${schema}'));`,
    `CREATE SCHEMA IF NOT EXISTS ${quoted};`,
    tables(quoted),
    beginTopic(quoted),
    publish(quoted),
    sweep(quoted),
    `DELETE FROM ${quoted}.version;`,
    `INSERT INTO ${quoted}.version (number) VALUES (${schemaVersion});`,
    'COMMIT;',
    '',
  ].join('\n\n')
}

// A topic and a key are found by their digests: an entry of an index holds 2.7 KB at most. The topic's row is written
// with each event, so its pages keep room for the next version of it.
const tables = (schema: string): string =>
  `
CREATE TABLE IF NOT EXISTS ${schema}.version (number integer NOT NULL);

CREATE TABLE IF NOT EXISTS ${schema}.topics (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  digest bytea NOT NULL UNIQUE,
  name text NOT NULL,
  epoch bigint NOT NULL,
  head bigint NOT NULL DEFAULT 0,
  trimmed bigint NOT NULL DEFAULT 0,
  written_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  used_at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 50);
COMMENT ON COLUMN ${schema}.topics.trimmed IS 'The newest offset whose event is gone';
COMMENT ON COLUMN ${schema}.topics.used_at IS 'When somebody last asked, to the hour';

CREATE TABLE IF NOT EXISTS ${schema}.events (
  topic bigint NOT NULL,
  "offset" bigint NOT NULL,
  type text,
  data text NOT NULL,
  key bytea,
  written_at timestamptz NOT NULL,
  PRIMARY KEY (topic, "offset")
);
CREATE UNIQUE INDEX IF NOT EXISTS events_key ON ${schema}.events (topic, key) WHERE key IS NOT NULL;
`.trim()

// Returns the topic's row, locked. A log that is behind what its caller was told has lost events, and begins anew.
const beginTopic = (schema: string): string =>
  `
CREATE OR REPLACE FUNCTION ${schema}.begin_topic(topic_name text, least_epoch bigint, seen_epoch bigint, seen_offset bigint)
RETURNS ${schema}.topics LANGUAGE plpgsql AS $$
DECLARE
  wanted bytea := sha256(convert_to(topic_name, 'UTF8'));
  now_ms bigint := floor(extract(epoch FROM clock_timestamp()) * 1000);
  t ${schema}.topics;
BEGIN
  LOOP
    SELECT * INTO t FROM ${schema}.topics WHERE digest = wanted FOR UPDATE;
    EXIT WHEN FOUND;
    INSERT INTO ${schema}.topics (digest, name, epoch)
    VALUES (wanted, topic_name, greatest(now_ms, least_epoch))
    ON CONFLICT (digest) DO NOTHING;
  END LOOP;
  IF t.epoch < seen_epoch OR (t.epoch = seen_epoch AND t.head < seen_offset) THEN
    DELETE FROM ${schema}.events WHERE topic = t.id;
    UPDATE ${schema}.topics SET epoch = greatest(now_ms, least_epoch, t.epoch + 1), head = 0, trimmed = 0
    WHERE id = t.id RETURNING * INTO t;
  END IF;
  RETURN t;
END $$;
`.trim()

// The row lock gives offsets in the order of commits: nobody ever reads 7 before 6. Trimming is done in slices, each
// somewhat more than was written, so that no call takes long and a lowered limit is reached all the same.
const publish = (schema: string): string =>
  `
CREATE OR REPLACE FUNCTION ${schema}.publish(
  topic_name text, least_epoch bigint, seen_epoch bigint, seen_offset bigint,
  max_events bigint, max_age_ms bigint, channel text, event_key text, types text[], texts text[],
  OUT epoch bigint, OUT head bigint, OUT is_duplicate boolean)
LANGUAGE plpgsql AS $$
DECLARE
  t ${schema}.topics := ${schema}.begin_topic(topic_name, least_epoch, seen_epoch, seen_offset);
  digest_of_key bytea := sha256(convert_to(event_key, 'UTF8'));
  count bigint := cardinality(texts);
  clock timestamptz := clock_timestamp();
  oldest_kept timestamptz := clock - max_age_ms * interval '1 millisecond';
  slice bigint := 2 * count + 100;
  gone bigint;
BEGIN
  epoch := t.epoch;
  IF digest_of_key IS NOT NULL THEN
    SELECT e."offset" INTO head FROM ${schema}.events e WHERE e.topic = t.id AND e.key = digest_of_key;
    is_duplicate := FOUND;
    IF FOUND THEN RETURN; END IF;
  END IF;
  is_duplicate := false;
  head := t.head + count;

  INSERT INTO ${schema}.events (topic, "offset", type, data, key, written_at)
  SELECT t.id, t.head + n, event_type, event_text, CASE WHEN n = count THEN digest_of_key END, clock
  FROM unnest(types, texts) WITH ORDINALITY AS added (event_type, event_text, n);

  gone := greatest(t.trimmed, head - max_events);
  IF max_age_ms > 0 THEN
    SELECT greatest(gone, max(e."offset")) INTO gone FROM ${schema}.events e
    WHERE e.topic = t.id AND e."offset" > t.trimmed AND e."offset" <= t.trimmed + slice AND e.written_at < oldest_kept
      AND EXISTS (SELECT FROM ${schema}.events first
                  WHERE first.topic = t.id AND first."offset" = t.trimmed + 1 AND first.written_at < oldest_kept);
  END IF;
  gone := least(gone, t.trimmed + slice);
  DELETE FROM ${schema}.events e WHERE e.topic = t.id AND e."offset" > t.trimmed AND e."offset" <= gone;
  UPDATE ${schema}.topics SET head = publish.head, trimmed = gone, written_at = clock WHERE id = t.id;
  PERFORM pg_notify(channel, encode(t.digest, 'hex') || ' ' || epoch || '-' || head);
END $$;
`.trim()

// For topics to which nobody publishes any more: first their events go, and much later what is known of them.
const sweep = (schema: string): string =>
  `
CREATE OR REPLACE FUNCTION ${schema}.sweep(max_age_ms bigint, topic_lasts_ms bigint)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  oldest_event timestamptz := clock_timestamp() - max_age_ms * interval '1 millisecond';
  oldest_topic timestamptz := clock_timestamp() - topic_lasts_ms * interval '1 millisecond';
  t ${schema}.topics;
BEGIN
  FOR t IN
    SELECT * FROM ${schema}.topics
    WHERE (max_age_ms > 0 AND trimmed < head AND written_at < oldest_event)
      OR (trimmed = head AND greatest(written_at, used_at) < oldest_topic)
    LIMIT 100 FOR UPDATE SKIP LOCKED
  LOOP
    IF t.trimmed = t.head THEN
      DELETE FROM ${schema}.topics WHERE id = t.id;
    ELSE
      DELETE FROM ${schema}.events WHERE topic = t.id AND "offset" > t.trimmed AND "offset" <= t.trimmed + 1000;
      UPDATE ${schema}.topics SET trimmed = least(t.head, t.trimmed + 1000) WHERE id = t.id;
    END IF;
  END LOOP;
END $$;
`.trim()
