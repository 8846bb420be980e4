// The mutation contract through node-postgres. Prints one line of JSON for each step: its name, and what went wrong if anything did.
// Arguments: port, database, a name that no other test has.
import assert from 'node:assert/strict';
import pg from 'pg';

const [port, database, name] = process.argv.slice(2);
const settings = { host: '127.0.0.1', port: Number(port), user: 'app', database };
const client = new pg.Client(settings);

async function step(title, work) {
  try {
    await work();
    console.log(JSON.stringify({ step: title }));
  } catch (error) {
    console.log(JSON.stringify({ step: title, error: String(error.stack ?? error) }));
  }
}

await client.connect();

await step('insert with parameters gives the row back', async () => {
  const { rows, rowCount, command } = await client.query(
    'insert into salesforce.contacts (last_name, department, score) values ($1, $2, $3) returning id, last_name, score, created_date, do_not_call',
    ['Parameters', name, 1.5]);
  assert.equal(command, 'INSERT');
  assert.equal(rowCount, 1);
  assert.match(rows[0].id, /^003/);
  assert.equal(Number(rows[0].score), 1.5);
  assert.ok(rows[0].created_date instanceof Date);
  assert.equal(rows[0].do_not_call, false);
});

await step('a simple query', async () => {
  const { rows } = await client.query(`insert into salesforce.contacts (last_name, department) values ('Simple', '${name}') returning last_name`);
  assert.deepEqual(rows, [{ last_name: 'Simple' }]);
});

await step('several statements in one simple query', async () => {
  const results = await client.query(
    `select 1 as one; update salesforce.contacts set note = 'several' where department = '${name}' returning note; select 2 as two`);
  assert.deepEqual(results.map((result) => result.command), ['SELECT', 'UPDATE', 'SELECT']);
  assert.equal(results[1].rowCount, 2);
});

await step('a named prepared statement, three times', async () => {
  for (const n of [1, 2, 3]) {
    const { rows } = await client.query({
      name: 'set-note',
      text: 'update salesforce.contacts set note = upper($1) where department = $2 returning note',
      values: [`note ${n}`, name],
    });
    assert.deepEqual(rows.map((row) => row.note), [`NOTE ${n}`, `NOTE ${n}`]);
  }
});

await step('results in binary', async () => {
  const { rows } = await client.query({
    text: 'update salesforce.contacts set score = $1 where department = $2 returning score::int4 as score, last_name',
    values: [42, name],
    binary: true,
  });
  assert.deepEqual(rows.map((row) => row.score), [42, 42]);
});

await step('rows as arrays', async () => {
  const { rows } = await client.query({
    text: 'insert into salesforce.contacts (last_name, department) values ($1, $2), ($3, $2) returning last_name',
    values: ['A', name, 'B'],
    rowMode: 'array',
  });
  assert.deepEqual(rows, [['A'], ['B']]);
});

await step('queries queued at once are answered in order', async () => {
  const results = await Promise.all([
    client.query('insert into salesforce.contacts (last_name, department) values ($1, $2) returning last_name', ['Queued', name]),
    client.query('select count(*)::int as n from salesforce.contacts where department = $1', [name]),
    client.query('update salesforce.contacts set note = $1 where department = $2', ['queued', name]),
  ]);
  assert.equal(results[0].rows[0].last_name, 'Queued');
  assert.equal(results[1].rows[0].n, 5);
  assert.equal(results[2].rowCount, 5);
});

await step('the API\'s refusal is an error with its fields', async () => {
  await assert.rejects(
    client.query('insert into salesforce.contacts (last_name, email) values ($1, $2)', ['Harkonnen', 'not an address']),
    (error) => {
      assert.equal(error.code, '22P02');
      assert.match(error.detail, /not an address/);
      assert.equal(error.column, 'email');
      assert.equal(error.table, 'contacts');
      assert.ok(error.hint);
      return true;
    });
});

await step('a transaction warns, and does not undo', async () => {
  const notices = [];
  client.on('notice', (notice) => notices.push(notice));
  await client.query('begin');
  await client.query('insert into salesforce.contacts (last_name, department) values ($1, $2)', ['Escaped', name]);
  await client.query('rollback');
  assert.deepEqual(notices.map((notice) => notice.code), ['01000']);
  const { rows } = await client.query('select last_name from salesforce.contacts where department = $1 and last_name = $2', [name, 'Escaped']);
  assert.equal(rows.length, 1);
});

await step('a pool of connections', async () => {
  const pool = new pg.Pool({ ...settings, max: 4 });
  const results = await Promise.all(Array.from({ length: 12 }, (_, n) =>
    pool.query('insert into salesforce.contacts (last_name, department) values ($1, $2) returning id', [`Pool ${n}`, name])));
  assert.equal(new Set(results.map((result) => result.rows[0].id)).size, 12);
  await pool.end();
});

await step('delete', async () => {
  const { rowCount } = await client.query('delete from salesforce.contacts where department = $1 returning id', [name]);
  assert.equal(rowCount, 18);
});

await client.end();
