// Drives a running HubSpot sandbox with @hubspot/api-client, HubSpot's own client.
// usage: node session.mjs http://127.0.0.1:PORT
// Prints one line of JSON for each step: {"step": "...", "error": "..."}; the error is left out where all is well.
import assert from 'node:assert/strict';
import hubspot from '@hubspot/api-client';

const url = process.argv[2];
const { Client } = hubspot;
const client = new Client({ accessToken: 'pat-na1-sandbox', basePath: url });
const contacts = client.crm.contacts;

const admin = async (what, body = {}) => {
  const response = await fetch(`${url}/_sandbox/${what}`, { method: 'POST', body: JSON.stringify(body) });
  assert.equal(response.status, 200, `admin ${what}`);
  return response.json();
};

const rejected = async (promise) => {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('was not refused');
};

const refusal = async (promise, code, category) => {
  const error = await rejected(promise);
  assert.equal(error.code, code, error.message);
  if (category !== undefined) {
    assert.equal(error.body.category, category);
  }
  return error;
};

const eventually = async (attempt) => {
  const end = Date.now() + 8000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > end) {
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  }
};

const steps = {
  'create, read, update and archive one contact': async () => {
    const created = await contacts.basicApi.create({
      properties: { firstname: 'Paul', lastname: 'Atreides', email: 'Paul@Caladan.example', lifetime_value: '12.50' },
      associations: [],
    });
    assert.match(created.id, /^\d{11}$/);
    assert.equal(created.properties.email, 'paul@caladan.example');
    assert.ok(created.createdAt instanceof Date);
    const read = await contacts.basicApi.getById(created.id, ['firstname', 'lifetime_value', 'phone']);
    assert.equal(read.properties.lifetime_value, '12.50');
    assert.equal(read.properties.phone, null);
    assert.equal(read.archived, false);
    const updated = await contacts.basicApi.update(created.id, { properties: { firstname: '', phone: '123' } });
    assert.equal(updated.properties.phone, '123');
    assert.equal(updated.properties.firstname, null);
    await contacts.basicApi.archive(created.id);
    await refusal(contacts.basicApi.getById(created.id), 404);
    const archived = await contacts.basicApi.getById(created.id, undefined, undefined, undefined, true);
    assert.equal(archived.archived, true);
    await refusal(contacts.basicApi.update(created.id, { properties: { phone: '1' } }), 404);
  },
  'a contact by its address': async () => {
    const email = 'byaddress@example.com';
    const { id } = await contacts.basicApi.create({ properties: { email }, associations: [] });
    assert.equal((await contacts.basicApi.getById(email, [], [], [], false, 'email')).id, id);
    const updated = await contacts.basicApi.update(email, { properties: { city: 'Arrakeen' } }, 'email');
    assert.equal(updated.id, id);
    await refusal(contacts.basicApi.getById('Arrakeen', [], [], [], false, 'city'), 400, 'VALIDATION_ERROR');
  },
  'the list, page by page': async () => {
    const first = await contacts.basicApi.getPage(10, undefined, ['email', 'city']);
    assert.equal(first.results.length, 10);
    assert.ok(first.paging.next.after);
    const second = await contacts.basicApi.getPage(10, first.paging.next.after, ['email']);
    assert.notEqual(second.results[0].id, first.results[9].id);
    const all = await contacts.getAll(7, undefined, ['email']);
    assert.equal(all.length, 41);
    assert.equal(new Set(all.map((contact) => contact.id)).size, 41);
    const archived = await contacts.getAll(7, undefined, ['email'], undefined, undefined, true);
    assert.equal(archived.length, 1);
  },
  'invalid values, all of them at once': async () => {
    const error = await refusal(
      contacts.basicApi.create({
        properties: { nonsense: '1', hs_object_id: '1', email: 'nobody', lifetime_value: 'much', lifecyclestage: 'x' },
        associations: [],
      }),
      400,
      'VALIDATION_ERROR',
    );
    assert.match(error.body.message, /^Property values were not valid: \[\{"isValid":false/);
    const codes = Object.fromEntries(error.body.errors.map((each) => [each.context.propertyName[0], each.code]));
    assert.deepEqual(codes, {
      nonsense: 'PROPERTY_DOESNT_EXIST',
      hs_object_id: 'READ_ONLY_VALUE',
      email: 'INVALID_EMAIL',
      lifetime_value: 'INVALID_NUMBER',
      lifecyclestage: 'INVALID_OPTION',
    });
  },
  'an address that another contact has': async () => {
    const properties = { email: 'once@example.com' };
    const { id } = await contacts.basicApi.create({ properties, associations: [] });
    const error = await refusal(contacts.basicApi.create({ properties, associations: [] }), 409, 'CONFLICT');
    assert.equal(error.body.message, `Contact already exists. Existing ID: ${id}`);
  },
  'a batch is created as a whole or not at all': async () => {
    const input = (email) => ({ properties: { email }, associations: [] });
    const created = await contacts.batchApi.create({ inputs: [input('b1@example.com'), input('b2@example.com')] });
    assert.equal(created.status, 'COMPLETE');
    assert.equal(created.results.length, 2);
    const inputs = [input('b3@example.com'), input('b1@example.com')];
    await refusal(contacts.batchApi.create({ inputs }), 409, 'CONFLICT');
    await refusal(contacts.basicApi.getById('b3@example.com', [], [], [], false, 'email'), 404);
  },
  'a batch with trace ids has an outcome for each': async () => {
    const input = (email, objectWriteTraceId) => ({ properties: { email }, associations: [], objectWriteTraceId });
    const answer = await contacts.batchApi.create({
      inputs: [input('t1@example.com', 'r0'), input('none', 'r1'), input('t1@example.com', 'r2')],
    });
    assert.equal(answer.numErrors, 2);
    assert.deepEqual(answer.results.map((each) => each.objectWriteTraceId), ['r0']);
    assert.deepEqual(answer.errors.map((each) => each.context.objectWriteTraceId), [['r1'], ['r2']]);
    assert.deepEqual(answer.errors.map((each) => each.category), ['VALIDATION_ERROR', 'CONFLICT']);
    assert.equal(answer.errors[1].context.existingId[0], answer.results[0].id);
  },
  'update, read, upsert and archive in batches': async () => {
    const deals = client.crm.deals;
    const made = await deals.batchApi.create({
      inputs: ['One', 'Two'].map((dealname) => ({ properties: { dealname }, associations: [] })),
    });
    const ids = made.results.map((deal) => deal.id);
    const updated = await deals.batchApi.update({
      inputs: [...ids, '999'].map((id) => ({ id, properties: { amount: '5' } })),
    });
    assert.equal(updated.results.length, 2);
    assert.equal(updated.errors[0].category, 'OBJECT_NOT_FOUND');
    assert.deepEqual(updated.errors[0].context.ids, ['999']);
    const duplicates = ids.concat(ids[0]).map((id) => ({ id, properties: { amount: '6' } }));
    const twice = await refusal(deals.batchApi.update({ inputs: duplicates }), 400, 'VALIDATION_ERROR');
    assert.match(twice.body.message, /^Duplicate IDs found in batch input: \[/);
    const read = await deals.batchApi.read({
      inputs: [...ids, '999'].map((id) => ({ id })),
      properties: ['amount'],
      propertiesWithHistory: [],
    });
    assert.deepEqual(read.results.map((deal) => deal.properties.amount), ['5', '5']);
    assert.equal(read.numErrors, 1);
    const upsert = (properties) =>
      client.crm.companies.batchApi.upsert({ inputs: [{ id: 'C-77', idProperty: 'customer_number', properties }] });
    assert.equal((await upsert({ name: 'First' })).results[0]._new, true);
    const second = (await upsert({ name: 'Second' })).results[0];
    assert.equal(second._new, false);
    assert.equal(second.properties.name, 'Second');
    await deals.batchApi.archive({ inputs: [...ids, '999'].map((id) => ({ id })) });
    await refusal(deals.basicApi.getById(ids[0]), 404);
  },
  'more than a hundred inputs': async () => {
    const inputs = Array.from({ length: 101 }, () => ({ properties: { firstname: 'A' }, associations: [] }));
    await refusal(contacts.batchApi.create({ inputs }), 400, 'VALIDATION_ERROR');
  },
  'the search finds what was written, a while later': async () => {
    const request = {
      filterGroups: [{ filters: [{ propertyName: 'email', operator: 'EQ', value: 'late@example.com' }] }],
      properties: ['email'],
      limit: 5,
    };
    const { id } = await contacts.basicApi.create({ properties: { email: 'late@example.com' }, associations: [] });
    assert.equal((await contacts.searchApi.doSearch(request)).total, 0);
    await eventually(async () => assert.equal((await contacts.searchApi.doSearch(request)).results[0].id, id));
  },
  'a search with groups, order and pages': async () => {
    const request = {
      filterGroups: [{ filters: [{ propertyName: 'lifetime_value', operator: 'GTE', value: '0' }] }],
      sorts: ['-lifetime_value'],
      properties: ['lifetime_value'],
      limit: 20,
    };
    const first = await eventually(() => contacts.searchApi.doSearch(request));
    assert.equal(first.total, 40);
    const values = first.results.map((each) => Number(each.properties.lifetime_value));
    assert.deepEqual(values, [...values].sort((a, b) => b - a));
    const next = await eventually(() => contacts.searchApi.doSearch({ ...request, after: first.paging.next.after }));
    assert.equal(next.results.length, 20);
  },
  'the properties of a type': async () => {
    const { results } = await client.crm.properties.coreApi.getAll('contacts');
    const property = (name) => results.find((each) => each.name === name);
    assert.equal(property('hs_object_id').modificationMetadata.readOnlyValue, true);
    assert.equal(property('penstock_mutation').hasUniqueValue, true);
    assert.equal(property('lifecyclestage').options[0].value, 'subscriber');
    assert.equal((await client.crm.properties.coreApi.getByName('deals', 'amount')).type, 'number');
    await refusal(client.crm.properties.coreApi.getByName('deals', 'nonsense'), 404);
  },
  'a window of ten seconds, and its end': async () => {
    await admin('limits', { ten_seconds: 3 });
    const calls = await Promise.allSettled(Array.from({ length: 5 }, () => contacts.basicApi.getPage(1)));
    const refused = calls.filter((call) => call.status === 'rejected').map((call) => call.reason);
    assert.equal(refused.length, 2);
    assert.equal(refused[0].code, 429);
    assert.equal(refused[0].body.policyName, 'TEN_SECONDLY_ROLLING');
    assert.equal(refused[0].headers['x-hubspot-ratelimit-remaining'], '0');
    // The client waits ten seconds for this policy, and is let in then.
    const patient = new Client({ accessToken: 'pat-na1-sandbox', basePath: url, numberOfApiCallRetries: 2 });
    assert.equal((await patient.crm.contacts.basicApi.getPage(1)).results.length, 1);
    await admin('limits', { ten_seconds: 190 });
  },
  'the day is used up': async () => {
    await admin('limits', { daily: 100, used: 100 });
    const error = await refusal(contacts.basicApi.getPage(1), 429);
    assert.equal(error.body.policyName, 'DAILY');
    assert.equal(error.headers['x-hubspot-ratelimit-daily-remaining'], '0');
    await admin('limits', { daily: 650000, used: 0 });
  },
  'tokens of an app, which expire and are refreshed': async () => {
    const refresh = (token = 'sandbox-refresh', secret = 'sandbox-secret') =>
      client.oauth.tokensApi.create('refresh_token', undefined, undefined, 'sandbox-client', secret, token);
    const tokens = await refresh();
    assert.equal(tokens.expiresIn, 1800);
    assert.equal(tokens.refreshToken, 'sandbox-refresh');
    const app = new Client({ accessToken: tokens.accessToken, basePath: url });
    assert.equal((await app.crm.contacts.basicApi.getPage(1)).results.length, 1);
    assert.equal((await client.oauth.accessTokensApi.get(tokens.accessToken)).tokenType, 'access');
    await admin('expire-tokens');
    const error = await refusal(app.crm.contacts.basicApi.getPage(1), 401, 'EXPIRED_AUTHENTICATION');
    assert.match(error.body.message, /^The OAuth token used to make this call expired \d+ second\(s\) ago\.$/);
    app.setAccessToken((await refresh()).accessToken);
    assert.equal((await app.crm.contacts.basicApi.getPage(1)).results.length, 1);
    assert.equal((await rejected(refresh('none'))).body.status, 'BAD_REFRESH_TOKEN');
    assert.equal((await rejected(refresh('sandbox-refresh', 'none'))).body.error, 'invalid_client');
    const stranger = new Client({ accessToken: 'none', basePath: url });
    await refusal(stranger.crm.contacts.basicApi.getPage(1), 401, 'INVALID_AUTHENTICATION');
  },
  'a server that fails is asked again': async () => {
    await admin('faults', { fault: 'status', status: 500 });
    await refusal(contacts.basicApi.getPage(1), 500);
    await admin('faults', { fault: 'status', status: 500 });
    const patient = new Client({ accessToken: 'pat-na1-sandbox', basePath: url, numberOfApiCallRetries: 2 });
    assert.equal((await patient.crm.contacts.basicApi.getPage(1)).results.length, 1);
  },
  'an answer that is lost was still applied': async () => {
    const properties = { email: 'lost@example.com' };
    await admin('faults', { fault: 'drop', moment: 'after_commit', method: 'POST', object: 'contacts' });
    const error = await rejected(contacts.basicApi.create({ properties, associations: [] }));
    assert.match(String(error.cause ?? error), /hang up|ECONNRESET|socket|closed/i);
    const found = await contacts.basicApi.getById('lost@example.com', [], [], [], false, 'email');
    assert.equal(found.properties.hs_object_id, found.id);
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
