// Drives a running Airtable sandbox with airtable.js, Airtable's own client.
// usage: node session.mjs http://127.0.0.1:PORT
// Prints one line of JSON for each step: {"step": "...", "error": "..."}; the error is left out where all is well.
import assert from 'node:assert/strict';
import Airtable from 'airtable';

const url = process.argv[2];
const connect = (apiKey, more = {}) => new Airtable({ apiKey, endpointUrl: url, noRetryIfRateLimited: true, ...more });
const base = connect('patSandbox.token').base('appSandboxCrm0001');
const contacts = base('Contacts');
const companies = base('Companies');

const admin = async (what, body = {}) => {
  const response = await fetch(`${url}/_sandbox/${what}`, { method: 'POST', body: JSON.stringify(body) });
  assert.equal(response.status, 200, `admin ${what}`);
  return response.json();
};

const token = async (form, credentials = 'sandbox-client:sandbox-secret') => {
  const response = await fetch(`${url}/oauth2/v1/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
    body: new URLSearchParams(form),
  });
  return { status: response.status, ...(await response.json()) };
};

const refusal = async (promise, statusCode, error) => {
  try {
    await promise;
  } catch (thrown) {
    assert.equal(thrown.statusCode, statusCode, String(thrown));
    assert.equal(thrown.error, error);
    return thrown;
  }
  throw new Error('was not refused');
};

const steps = {
  'create, find, update, replace and destroy one record': async () => {
    await admin('limits', { base: 1000, user: 1000 });
    const made = await contacts.create({ 'Last Name': 'Atreides', 'First Name': 'Paul', Score: 7.5, VIP: true });
    assert.match(made.id, /^rec\w{14}$/);
    assert.equal(made.get('Full Name'), 'Paul Atreides');
    const found = await contacts.find(made.id);
    assert.equal(found.get('Score'), 7.5);
    assert.equal(found.get('Phone'), undefined);
    const updated = await contacts.update(made.id, { VIP: false, Phone: '123' });
    assert.equal(updated.get('VIP'), undefined);
    assert.equal(updated.get('Score'), 7.5);
    const replaced = await contacts.replace(made.id, { 'Last Name': 'Muad' });
    assert.equal(replaced.get('Score'), undefined);
    assert.equal(replaced.get('Last Name'), 'Muad');
    await contacts.destroy(made.id);
    const error = await refusal(contacts.find(made.id), 404, 'NOT_FOUND');
    assert.equal(error.message, 'Record not found');
  },
  'ten records at once, and not eleven': async () => {
    const rows = (n) => Array.from({ length: n }, (_, i) => ({ fields: { 'Last Name': `Row ${i}` } }));
    const made = await contacts.create(rows(10));
    assert.deepEqual(made.map((record) => record.get('Last Name')), rows(10).map((row) => row.fields['Last Name']));
    const changed = await contacts.update(made.map(({ id }) => ({ id, fields: { Score: 1 } })));
    assert.ok(changed.every((record) => record.get('Score') === 1));
    const replaced = await contacts.replace(made.slice(0, 2).map(({ id }) => ({ id, fields: { Notes: 'n' } })));
    assert.equal(replaced[0].get('Score'), undefined);
    await refusal(contacts.create(rows(11)), 422, 'INVALID_RECORDS');
    assert.equal((await contacts.destroy(made.map(({ id }) => id))).length, 10);
    await refusal(contacts.destroy([made[0].id]), 422, 'ROW_DOES_NOT_EXIST');
  },
  'the list, page by page': async () => {
    const pages = [];
    await contacts.select({ pageSize: 15, fields: ['Email'] }).eachPage((records, next) => {
      pages.push(records.length);
      assert.deepEqual(Object.keys(records[0].fields), ['Email']);
      next();
    });
    assert.deepEqual(pages, [15, 15, 10]);
    assert.equal((await contacts.select({ maxRecords: 3 }).all()).length, 3);
  },
  'order and formulas': async () => {
    const sorted = await contacts
      .select({ sort: [{ field: 'Score', direction: 'desc' }, { field: 'Email' }], fields: ['Score'] })
      .all();
    const scores = sorted.map((record) => record.get('Score'));
    assert.deepEqual(scores, [...scores].sort((a, b) => b - a));
    const formula = "AND({Stage} = 'Lead', NOT({VIP}), {Score} >= 10)";
    const filtered = await contacts.select({ filterByFormula: formula }).all();
    assert.ok(filtered.length > 0 && filtered.length < 40);
    assert.ok(filtered.every((record) => record.get('Stage') === 'Lead' && !record.get('VIP')));
    const since = "LAST_MODIFIED_TIME() > '2000-01-01T00:00:00.000Z'";
    assert.equal((await contacts.select({ filterByFormula: since }).all()).length, 40);
    const none = "IS_BEFORE({Created}, '2000-01-01')";
    assert.equal((await contacts.select({ filterByFormula: none }).all()).length, 0);
    // A formula too long for an address goes as the body of a POST.
    const long = `OR(${Array.from({ length: 60 }, (_, i) => `{Last Name} = '${'x'.repeat(400)}${i}'`).join(',')})`;
    assert.equal((await contacts.select({ filterByFormula: long }).all()).length, 0);
    await refusal(contacts.select({ filterByFormula: '{Nope} = 1' }).all(), 422, 'INVALID_FILTER_BY_FORMULA');
    await refusal(contacts.select({ filterByFormula: 'AND(' }).all(), 422, 'INVALID_FILTER_BY_FORMULA');
    await refusal(contacts.select({ view: 'No such view' }).all(), 422, 'VIEW_NAME_NOT_FOUND');
  },
  'values that are refused, and the whole request with them': async () => {
    const refused = (fields, error) =>
      refusal(contacts.create([{ fields: { 'Last Name': 'Never' } }, { fields }]), 422, error);
    await refused({ Nonsense: 1 }, 'UNKNOWN_FIELD_NAME');
    await refused({ Score: '12' }, 'INVALID_VALUE_FOR_COLUMN');
    await refused({ 'Last Name': 12 }, 'INVALID_VALUE_FOR_COLUMN');
    await refused({ 'Full Name': 'x' }, 'INVALID_VALUE_FOR_COLUMN');
    await refused({ Birthday: 'yesterday' }, 'INVALID_VALUE_FOR_COLUMN');
    await refused({ Stage: 'Nowhere' }, 'INVALID_MULTIPLE_CHOICE_OPTIONS');
    await refused({ Tags: 'press' }, 'INVALID_VALUE_FOR_COLUMN');
    await refused({ Company: ['Alder'] }, 'INVALID_RECORD_ID');
    await refused({ Company: ['rec00000000000000'] }, 'ROW_DOES_NOT_EXIST');
    const [contact] = await contacts.select({ maxRecords: 1 }).firstPage();
    const error = await refused({ Company: [contact.id] }, 'ROW_TABLE_DOES_NOT_MATCH_LINKED_TABLE');
    assert.match(error.message, /belongs to table tblContacts000001/);
    assert.equal((await contacts.select({ filterByFormula: "{Last Name} = 'Never'" }).all()).length, 0);
  },
  'typecast makes of values what it can': async () => {
    const [made] = await contacts.create(
      [{ fields: { 'Last Name': 5, Score: '12.5', VIP: 'true', Stage: 'Prospect', Tags: 'press,new', Company: 'Zirkon' } }],
      { typecast: true },
    );
    assert.equal(made.get('Last Name'), '5');
    assert.equal(made.get('Score'), 12.5);
    assert.equal(made.get('Stage'), 'Prospect');
    assert.deepEqual(made.get('Tags'), ['press', 'new']);
    const company = await companies.find(made.get('Company')[0]);
    assert.equal(company.get('Name'), 'Zirkon');
    assert.deepEqual(company.get('Contacts'), [made.id]);
    await contacts.destroy(made.id);
    assert.equal((await companies.find(company.id)).get('Contacts'), undefined);
  },
  'an upsert by a key': async () => {
    const upsert = (rows, key = 'Penstock Mutation') =>
      base.makeRequest({
        method: 'patch',
        path: '/Contacts',
        body: { performUpsert: { fieldsToMergeOn: [key] }, records: rows.map((fields) => ({ fields })) },
      });
    const first = await upsert([{ 'Penstock Mutation': 'm1', Score: 1 }]);
    assert.equal(first.body.createdRecords.length, 1);
    const second = await upsert([
      { 'Penstock Mutation': 'm1', Score: 2 },
      { 'Penstock Mutation': 'm2' },
    ]);
    assert.deepEqual(second.body.updatedRecords, first.body.createdRecords);
    assert.equal(second.body.records[0].fields.Score, 2);
    assert.equal(second.body.createdRecords.length, 1);
    await refusal(upsert([{ Stage: 'Lead' }], 'Stage'), 422, 'INVALID_VALUE_FOR_COLUMN');
    await contacts.destroy(second.body.records.map(({ id }) => id));
  },
  'fields by their ids': async () => {
    const [made] = await contacts.create([{ fields: { fldContactLast001: 'By id' } }], { returnFieldsByFieldId: true });
    assert.equal(made.fields.fldContactLast001, 'By id');
    const [listed] = await base('tblContacts000001')
      .select({ filterByFormula: "{Last Name} = 'By id'", returnFieldsByFieldId: true })
      .all();
    assert.equal(listed.fields.fldContactLast001, 'By id');
    await contacts.destroy(made.id);
  },
  'the tables of a base': async () => {
    const response = await fetch(`${url}/v0/meta/bases/appSandboxCrm0001/tables`, {
      headers: { authorization: 'Bearer patSandbox.token' },
    });
    const { tables } = await response.json();
    const fields = Object.fromEntries(tables[1].fields.map((field) => [field.name, field]));
    assert.equal(fields.Score.type, 'number');
    assert.equal(fields.Company.options.linkedTableId, tables[0].id);
    assert.ok(fields.Stage.options.choices.some((choice) => choice.name === 'Customer'));
    assert.equal(fields['Last Modified'].type, 'lastModifiedTime');
  },
  'what is not there, and who is nobody': async () => {
    await refusal(base('Nowhere').select().all(), 403, 'NOT_AUTHORIZED');
    await refusal(connect('patSandbox.token').base('appNowhere0000000')('Contacts').select().all(), 403, 'NOT_AUTHORIZED');
    await refusal(connect('patSandbox.token').base('nonsense')('Contacts').select().all(), 404, 'NOT_FOUND');
    await refusal(connect('none').base('appSandboxCrm0001')('Contacts').select().all(), 401, 'AUTHENTICATION_REQUIRED');
  },
  'one request too many, the penalty and the patience of the client': async () => {
    await admin('limits', { base: 2, user: 50, penalty_ms: 1500 });
    const calls = await Promise.allSettled(Array.from({ length: 3 }, () => contacts.select({ maxRecords: 1 }).firstPage()));
    assert.deepEqual(calls.map((call) => call.status).sort(), ['fulfilled', 'fulfilled', 'rejected']);
    await refusal(contacts.select({ maxRecords: 1 }).firstPage(), 429, 'TOO_MANY_REQUESTS');
    const other = connect('patSandbox.token').base('appSandboxCrm0002');
    assert.deepEqual(await other('Contacts').select().all(), []);
    const patient = connect('patSandbox.token', { noRetryIfRateLimited: false }).base('appSandboxCrm0001');
    assert.equal((await patient('Contacts').select({ maxRecords: 1 }).firstPage()).length, 1);
    await admin('limits', { base: 1000, user: 1000, penalty_ms: 30000 });
  },
  'tokens of an app expire, rotate and die of reuse': async () => {
    const first = await token({ grant_type: 'refresh_token', refresh_token: 'sandbox-refresh' });
    assert.equal(first.expires_in, 3600);
    assert.equal(first.refresh_expires_in, 5184000);
    const list = (tokens) => connect(tokens.access_token).base('appSandboxCrm0001')('Contacts').select({ maxRecords: 1 }).firstPage();
    assert.equal((await list(first)).length, 1);
    await admin('expire-tokens');
    await refusal(list(first), 401, 'AUTHENTICATION_REQUIRED');
    const second = await token({ grant_type: 'refresh_token', refresh_token: first.refresh_token });
    assert.notEqual(second.refresh_token, first.refresh_token);
    assert.equal((await list(second)).length, 1);
    const reused = await token({ grant_type: 'refresh_token', refresh_token: first.refresh_token });
    assert.deepEqual([reused.status, reused.error], [400, 'invalid_grant']);
    await refusal(list(second), 401, 'AUTHENTICATION_REQUIRED');
    const dead = await token({ grant_type: 'refresh_token', refresh_token: second.refresh_token });
    assert.equal(dead.error, 'invalid_grant');
    const wrong = await token({ grant_type: 'refresh_token', refresh_token: 'sandbox-refresh' }, 'sandbox-client:none');
    assert.deepEqual([wrong.status, wrong.error], [401, 'invalid_client']);
  },
  'a server that fails': async () => {
    for (const [status, error] of [[500, 'SERVER_ERROR'], [503, 'SERVICE_UNAVAILABLE'], [413, 'REQUEST_TOO_LARGE']]) {
      await admin('faults', { fault: 'status', status });
      await refusal(contacts.select({ maxRecords: 1 }).firstPage(), status, error);
    }
  },
  'an answer that is lost was still applied': async () => {
    await admin('faults', { fault: 'drop', moment: 'after_commit', method: 'POST', object: 'Contacts' });
    await assert.rejects(contacts.create({ 'Last Name': 'Lost' }), /socket|hang up|ECONNRESET|closed|fetch/i);
    const found = await contacts.select({ filterByFormula: "{Last Name} = 'Lost'" }).all();
    assert.equal(found.length, 1);
  },
};

for (const [step, run] of Object.entries(steps)) {
  let error;
  try {
    await run();
  } catch (thrown) {
    error = thrown.stack ?? String(thrown);
  }
  console.log(JSON.stringify({ step, error }));
}
