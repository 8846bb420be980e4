// What an application does with node-postgres, on a pool of servers. Prints one line of JSON for each step: its name, and what went wrong if anything did.
// Arguments: port, database, mode of its pool (session, transaction), how many servers the pool has.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import Cursor from 'pg-cursor';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';

const [port, database, mode, size] = process.argv.slice(2);
const settings = { host: '127.0.0.1', port: Number(port), user: 'app', database };
const servers = Number(size);
// In session mode each client has a server of its own, so there can be no more of them.
const crowd = mode === 'transaction' ? servers * 4 : servers;
let opened = [];

async function connect(more = {}) {
  const client = new pg.Client({ ...settings, ...more });
  await client.connect();
  opened.push(client);
  return client;
}

async function step(title, work) {
  try {
    await work();
    console.log(JSON.stringify({ step: title }));
  } catch (error) {
    console.log(JSON.stringify({ step: title, error: String(error.stack ?? error) }));
  } finally {
    await Promise.all(opened.map((client) => client.end().catch(() => {})));
    opened = [];
  }
}

const one = async (client, text, values) => {
  const { rows } = await client.query({ text, values, rowMode: 'array' });
  return rows[0][0];
};
const fails = (promise, code) => assert.rejects(promise, (error) => {
  assert.equal(error.code, code, error.stack);
  return true;
});

await step('values come back as they went', async () => {
  const client = await connect();
  const values = [-7, 'naïve ☃ \\ \'"', Buffer.from([0, 255, 1]), true, 1.5, new Date(86400000), null];
  const text = 'select $1::int as n, $2::text as t, $3::bytea as b, $4::boolean as f, $5::float8 as d, $6::timestamptz as at, $7::text as nothing';
  for (const name of [undefined, 'values', 'values']) {
    const { rows } = await client.query({ name, text, values, rowMode: 'array' });
    assert.deepEqual(rows, [values]);
  }
  // node-postgres reads results in binary as if they were UTF-8, so only what is ASCII there survives, with any server.
  const binary = await client.query({ text: 'select $1::int as n, $2::text as t', values: [42, 'plain'], binary: true });
  assert.deepEqual(binary.rows, [{ n: 42, t: 'plain' }]);
  const { rows } = await client.query('select $1::jsonb as j, $2::int[] as a, $3::numeric as x', [{ k: ['v'] }, [1, null, 3], '0.10']);
  assert.deepEqual(rows, [{ j: { k: ['v'] }, a: [1, null, 3], x: '0.10' }]);
});

await step('a prepared statement runs on every server', async () => {
  const first = await connect();
  const holders = [];
  const seen = new Set();
  for (let n = 0; n < servers; n++) {
    const { rows } = await first.query({ name: 'twice', text: 'select $1::int * 2 as n, pg_backend_pid() as pid', values: [n] });
    assert.equal(rows[0].n, 2 * n);
    seen.add(rows[0].pid);
    if (n + 1 < servers) {
      // Another client's transaction takes the server that has just been used.
      const holder = await connect();
      await holder.query('begin');
      await one(holder, 'select 1');
      holders.push(holder);
    }
  }
  for (const holder of holders) await holder.query('commit');
  assert.equal(seen.size > 1, mode === 'transaction' && servers > 1, `servers ${[...seen]}`);
});

await step('many clients prepare and take turns', async () => {
  const clients = await Promise.all(Array.from({ length: crowd }, () => connect()));
  const pids = new Set();
  await Promise.all(clients.map(async (client, c) => {
    for (let n = 0; n < 25; n++) {
      const k = n % 5;
      const { rows } = await client.query({ name: `s${k}`, text: `select $1::int + ${k} as n, '${c % 2 ? 'odd' : 'even'}' as t, pg_backend_pid() as pid`, values: [c * n] });
      assert.equal(rows[0].n, c * n + k);
      assert.equal(rows[0].t, c % 2 ? 'odd' : 'even');
      pids.add(rows[0].pid);
    }
  }));
  assert.ok(pids.size <= servers, `${pids.size} servers`);
});

await step('queries queued at once are answered in order', async () => {
  const client = await connect();
  const results = await Promise.all(Array.from({ length: 60 }, (_, n) =>
    client.query({ name: n % 3 ? `q${n % 7}` : undefined, text: `select ${n % 3 ? n % 7 : -1} as k, $1::int as n`, values: [n] })));
  results.forEach(({ rows }, n) => assert.deepEqual(rows, [{ k: n % 3 ? n % 7 : -1, n }]));
});

await step('an error stops nothing but its own query', async () => {
  const client = await connect();
  const outcomes = await Promise.allSettled([
    client.query('select 1 as n'),
    client.query({ name: 'broken', text: 'select $1::int / 0', values: [1] }),
    client.query('select * from nowhere'),
    client.query({ name: 'fine', text: 'select $1::int as n', values: [4] }),
    client.query('select 1; select 1/0; select 2'),
    client.query('select 5 as n'),
  ]);
  assert.deepEqual(outcomes.map((o) => o.reason?.code ?? 'ok'), ['ok', '22012', '42P01', 'ok', '22012', 'ok']);
  assert.equal(outcomes[3].value.rows[0].n, 4);
  assert.equal(outcomes[5].value.rows[0].n, 5);
  await fails(client.query({ name: 'broken', text: 'select $1::int / 0', values: [1] }), '22012');
});

await step('transactions commit, roll back, and fail', async () => {
  const client = await connect();
  await client.query('delete from notes where author = $1', ['npm']);
  await client.query('begin');
  await client.query({ name: 'add', text: 'insert into notes (author, note) values ($1, $2)', values: ['npm', 'kept'] });
  await client.query('savepoint s');
  await client.query({ name: 'add', text: 'insert into notes (author, note) values ($1, $2)', values: ['npm', 'lost'] });
  await fails(client.query('select 1/0'), '22012');
  await fails(client.query('select 1'), '25P02');
  await client.query('rollback to s');
  await client.query('commit');
  await client.query('begin');
  await client.query({ name: 'add', text: 'insert into notes (author, note) values ($1, $2)', values: ['npm', 'gone'] });
  await client.query('rollback');
  const { rows } = await client.query('select note from notes where author = $1', ['npm']);
  assert.deepEqual(rows, [{ note: 'kept' }]);
});

await step('a pool of connections', async () => {
  const pool = new pg.Pool({ ...settings, max: crowd });
  await pool.query('create table if not exists counters (id int primary key, n int not null)');
  await pool.query('insert into counters values (1, 0) on conflict (id) do update set n = 0');
  await Promise.all(Array.from({ length: 40 }, async () => {
    const client = await pool.connect();
    try {
      await client.query('begin');
      const { rows } = await client.query({ name: 'lock', text: 'select n from counters where id = $1 for update', values: [1] });
      await client.query({ name: 'set', text: 'update counters set n = $2 where id = $1', values: [1, rows[0].n + 1] });
      await client.query('commit');
    } finally {
      client.release();
    }
  }));
  const { rows } = await pool.query('select n from counters');
  assert.deepEqual(rows, [{ n: 40 }]);
  await pool.end();
});

await step('COPY in and out, broken off, and wrong', async () => {
  const client = await connect();
  await client.query('create table if not exists copied (id int, t text)');
  await client.query('truncate copied');
  const lines = Array.from({ length: 20000 }, (_, n) => `${n}\trow ${n}\n`);
  await pipeline(Readable.from(lines), client.query(copyFrom('copy copied from stdin')));
  assert.equal(Number(await one(client, 'select count(*) from copied')), 20000);
  let bytes = 0;
  for await (const chunk of client.query(copyTo('copy (select * from copied order by id) to stdout'))) bytes += chunk.length;
  assert.equal(bytes, lines.join('').length);
  await assert.rejects(pipeline(
    (async function* () { yield '1\ta\n'; throw new Error('the file ends here'); })(),
    client.query(copyFrom('copy copied from stdin'))));
  await fails(pipeline(Readable.from(['x\ta\n']), client.query(copyFrom('copy copied from stdin'))), '22P02');
  assert.equal(Number(await one(client, 'select count(*) from copied')), 20000);
});

await step('a cursor reads in portions', async () => {
  const client = await connect();
  await client.query('begin');
  const cursor = client.query(new Cursor('select generate_series(1, $1::int) as n', [1000]));
  let sum = 0;
  for (let rows = await cursor.read(64); rows.length > 0; rows = await cursor.read(64)) sum += rows.reduce((s, { n }) => s + n, 0);
  assert.equal(sum, 500500);
  await cursor.close();
  const abandoned = client.query(new Cursor('select generate_series(1, 1000) as n'));
  assert.equal((await abandoned.read(3)).length, 3);
  await abandoned.close();
  await client.query('commit');
  assert.equal(await one(client, 'select 7'), 7);
});

await step('a running query is cancelled', async () => {
  const client = await connect();
  const query = new pg.Query('select pg_sleep(30)');
  client.query(query);
  const ended = once(query, 'end').catch((error) => error);
  query.on('error', () => {});
  const watcher = await connect();
  while (Number(await one(watcher, "select count(*) from pg_stat_activity where query = 'select pg_sleep(30)' and state = 'active'")) === 0);
  new pg.Client(settings).cancel(client, query);
  assert.equal((await ended).code, '57014');
  assert.equal(await one(client, 'select 7'), 7);
});

await step('settings follow their client and nobody else', async () => {
  const mine = await connect();
  const yours = await connect();
  await mine.query("set search_path = pg_catalog; set app.tenant = 'mine'");
  await mine.query('begin');
  await mine.query("set local statement_timeout = '9s'");
  await mine.query('commit');
  await yours.query("set app.tenant = 'yours'");
  for (let n = 0; n < 6; n++) {
    assert.deepEqual(await one(mine, "select current_setting('app.tenant') || current_setting('search_path') || current_setting('statement_timeout')"), 'minepg_catalog0');
    assert.notEqual(await one(yours, "select current_setting('search_path')"), 'pg_catalog');
    assert.equal(await one(yours, "select current_setting('app.tenant')"), 'yours');
  }
});

await step('notices and notifications arrive', async () => {
  const listener = await connect();
  const sender = await connect();
  const notices = [];
  const heard = [];
  sender.on('notice', (notice) => notices.push(notice.message));
  listener.on('notification', ({ channel, payload }) => heard.push(`${channel} ${payload}`));
  await listener.query('listen news');
  await sender.query("do $$ begin raise notice 'here'; end $$");
  await sender.query('begin');
  await sender.query("notify news, 'first'");
  await sender.query("select pg_notify('news', 'second')");
  await sender.query('commit');
  while (heard.length < 2) await once(listener, 'notification');
  assert.deepEqual(heard, ['news first', 'news second']);
  assert.deepEqual(notices, ['here']);
});

await step('a temporary table stays with its client', async () => {
  const mine = await connect();
  const yours = await connect();
  await mine.query('create temp table scratch (n int)');
  for (let n = 0; n < 5; n++) {
    await mine.query('insert into scratch values ($1)', [n]);
    await fails(yours.query('select * from scratch'), '42P01');
  }
  assert.equal(Number(await one(mine, 'select count(*) from scratch')), 5);
});

await step('a table that changes fails its prepared statement once at the most', async () => {
  const client = await connect();
  const query = { name: 'all', text: 'select * from shapes' };
  await client.query('drop table if exists shapes');
  await client.query('create table shapes (a int)');
  await client.query('insert into shapes values (1)');
  await client.query(query);
  await client.query('alter table shapes add column b int default 2');
  // A client without transactions of its own sees what Postgres says of a plan with other columns.
  await fails(client.query(query), '0A000');
  if (mode === 'transaction') {
    const { rows } = await client.query(query);
    assert.deepEqual(rows, [{ a: 1, b: 2 }]);
  }
});

await step('a large result', async () => {
  const client = await connect();
  const { rows } = await client.query("select n, repeat('x', 200) as t from generate_series(1, 20000) n");
  assert.equal(rows.length, 20000);
  assert.equal(rows[19999].n, 20000);
});

await step('a server that is ended ends its client only', async () => {
  const victim = await connect();
  const other = await connect();
  victim.on('error', () => {});
  await victim.query('begin');
  const pid = await one(victim, 'select pg_backend_pid()');
  assert.equal(await one(other, 'select pg_terminate_backend($1)', [pid]), true);
  await assert.rejects(victim.query('select 1'));
  assert.equal(await one(other, 'select 7'), 7);
});
