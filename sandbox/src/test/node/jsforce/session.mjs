// Drives a running Salesforce sandbox with jsforce, the client that Salesforce's own tools are built on.
// usage: node session.mjs http://127.0.0.1:PORT
// Prints one line of JSON for each step: {"step": "...", "error": "..."}; the error is left out where all is well.
import assert from 'node:assert/strict';
import jsforce from 'jsforce';

const url = process.argv[2];
const user = { username: 'user@sandbox.test', password: 'sandbox-password' };
const app = { clientId: 'sandbox-client', clientSecret: 'sandbox-secret' };
const oauth2 = { loginUrl: url, ...app };
const version = '62.0';

const admin = async (what, body = {}, method = 'POST') => {
  const response = await fetch(`${url}/_sandbox/${what}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(method === 'GET' ? {} : { body: JSON.stringify(body) }),
  });
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

/** A connection that has a refresh token, as an app has whose user allowed it once. */
const refreshing = (refreshToken = 'sandbox-refresh', accessToken = 'stale') =>
  new jsforce.Connection({ oauth2, instanceUrl: url, accessToken, refreshToken, version });

let connection;

const steps = {
  'login by SOAP': async () => {
    const soap = new jsforce.Connection({ loginUrl: url, version });
    const info = await soap.login(user.username, user.password);
    assert.match(info.id, /^005/);
    assert.match(info.organizationId, /^00D/);
    assert.equal(soap.instanceUrl, url);
    assert.equal((await soap.query('SELECT Id FROM Contact LIMIT 1')).totalSize, 1);
    await soap.logout();
  },
  'a wrong password is refused, by SOAP and by OAuth': async () => {
    const soap = new jsforce.Connection({ loginUrl: url, version });
    assert.match((await rejected(soap.login(user.username, 'wrong'))).message, /INVALID_LOGIN/);
    const byOAuth = await rejected(new jsforce.Connection({ oauth2, version }).login(user.username, 'wrong'));
    assert.equal(byOAuth.name, 'invalid_grant');
  },
  'login by OAuth': async () => {
    connection = new jsforce.Connection({ oauth2, version });
    const info = await connection.login(user.username, user.password);
    assert.match(info.id, /^005/);
    assert.equal(connection.instanceUrl, url);
  },
  'login by client credentials': async () => {
    const other = new jsforce.Connection({ instanceUrl: url, oauth2, version });
    await other.authorize({ grant_type: 'client_credentials' });
    assert.ok((await other.limits()).DailyApiRequests.Max > 0);
  },
  'the identity of the user': async () => {
    const identity = await connection.identity();
    assert.equal(identity.username, user.username);
  },
  'describe of the org and of a type': async () => {
    const global = await connection.describeGlobal();
    assert.ok(global.sobjects.some((type) => type.name === 'Contact'));
    const contact = await connection.sobject('Contact').describe();
    const field = (name) => contact.fields.find((each) => each.name === name);
    assert.equal(field('LastName').nillable, false);
    assert.equal(field('LastName').length, 80);
    assert.equal(field('CreatedDate').createable, false);
    assert.equal(field('Email').type, 'email');
    assert.deepEqual(field('AccountId').referenceTo, ['Account']);
    assert.equal(field('Penstock_Mutation__c').externalId, true);
    assert.ok(field('LeadSource').picklistValues.some((value) => value.value === 'Web'));
  },
  'create, retrieve, update and destroy one record': async () => {
    const contacts = connection.sobject('Contact');
    const created = await contacts.create({ FirstName: 'Paul', LastName: 'Atreides', Email: 'paul@caladan.io' });
    assert.equal(created.success, true);
    assert.match(created.id, /^003\w{15}$/);
    const read = await contacts.retrieve(created.id);
    assert.equal(read.Name, 'Paul Atreides');
    assert.equal(read.attributes.type, 'Contact');
    const updated = await contacts.update({ Id: created.id, Email: 'paul@dune.co' });
    assert.equal(updated.success, true);
    assert.equal((await contacts.retrieve(created.id, { fields: ['Email'] })).Email, 'paul@dune.co');
    assert.equal((await contacts.destroy(created.id)).success, true);
    assert.equal((await rejected(contacts.retrieve(created.id))).errorCode, 'ENTITY_IS_DELETED');
    assert.equal((await rejected(contacts.destroy(created.id))).errorCode, 'ENTITY_IS_DELETED');
  },
  'errors of one record': async () => {
    const contacts = connection.sobject('Contact');
    const code = async (fields) => (await rejected(contacts.create(fields))).errorCode;
    assert.equal(await code({ FirstName: 'Nameless' }), 'REQUIRED_FIELD_MISSING');
    assert.equal(await code({ LastName: 'Harkonnen', Email: 'not an address' }), 'INVALID_EMAIL_ADDRESS');
    assert.equal(await code({ LastName: 'x'.repeat(81) }), 'STRING_TOO_LONG');
    assert.equal(await code({ LastName: 'A', LeadSource: 'Nowhere' }), 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST');
    assert.equal(await code({ LastName: 'A', CreatedDate: '2026-01-01T00:00:00Z' }), 'INVALID_FIELD_FOR_INSERT_UPDATE');
    assert.equal(await code({ LastName: 'A', Nonsense: 1 }), 'INVALID_FIELD');
    assert.equal(await code({ LastName: 'Forbidden' }), 'FIELD_CUSTOM_VALIDATION_EXCEPTION');
    assert.equal(await code({ LastName: 'A', AccountId: '001bogus' }), 'MALFORMED_ID');
  },
  'many records, each with its own result': async () => {
    const results = await connection.sobject('Contact').create([
      { LastName: 'One' },
      { LastName: 'Two', Email: 'nothing' },
    ]);
    assert.equal(results[0].success, true);
    assert.equal(results[1].success, false);
    assert.equal(results[1].errors[0].statusCode, 'INVALID_EMAIL_ADDRESS');
    assert.deepEqual(results[1].errors[0].fields, ['Email']);
  },
  'many records, all or none': async () => {
    const results = await connection
      .sobject('Contact')
      .create([{ LastName: 'Rolled' }, { LastName: 'Back', Email: 'nothing' }], { allOrNone: true });
    assert.equal(results[0].errors[0].statusCode, 'ALL_OR_NONE_OPERATION_ROLLED_BACK');
    assert.equal(results[1].errors[0].statusCode, 'INVALID_EMAIL_ADDRESS');
    assert.equal((await connection.query("SELECT Id FROM Contact WHERE LastName = 'Rolled'")).totalSize, 0);
  },
  'more than 200 records go in parts': async () => {
    const accounts = Array.from({ length: 450 }, (_, i) => ({ Name: `Bulk ${i}`, Type: 'Prospect' }));
    const results = await connection.sobject('Account').create(accounts, { allowRecursive: true });
    assert.equal(results.length, 450);
    assert.ok(results.every((result) => result.success));
    assert.equal((await rejected(connection.sobject('Account').create(accounts))).errorCode, 'EXCEEDED_ID_LIMIT');
  },
  'update and destroy of many records': async () => {
    const found = await connection.sobject('Account').find({ Name: { $like: 'Bulk 1%' } }, ['Id', 'Name']);
    assert.equal(found.length, 111);
    const updated = await connection
      .sobject('Account')
      .update(found.map(({ Id }) => ({ Id, Industry: 'Energy', AnnualRevenue: 12.345 })));
    assert.ok(updated.every((result) => result.success));
    const read = await connection.sobject('Account').retrieve(found.map(({ Id }) => Id), { fields: ['AnnualRevenue'] });
    assert.ok(read.every((account) => account.AnnualRevenue === 12.35));
    const gone = await connection.sobject('Account').destroy(found.map(({ Id }) => Id), { allOrNone: true });
    assert.ok(gone.every((result) => result.success));
  },
  'upsert of one record and of many': async () => {
    const contacts = connection.sobject('Contact');
    const key = 'Penstock_Mutation__c';
    const first = await contacts.upsert({ [key]: 'u-1', LastName: 'Upsert' }, key);
    assert.equal(first.created, true);
    const again = await contacts.upsert({ [key]: 'u-1', LastName: 'Upserted' }, key);
    assert.equal(again.created, false);
    assert.equal(again.id, first.id);
    const many = await contacts.upsert([{ [key]: 'u-1', LastName: 'U' }, { [key]: 'u-2', LastName: 'V' }], key);
    assert.deepEqual(many.map((result) => result.created), [false, true]);
    const taken = await contacts.create([{ [key]: 'U-1', LastName: 'Taken' }]);
    assert.equal(taken[0].errors[0].statusCode, 'DUPLICATE_VALUE');
  },
  'an external id that two records have': async () => {
    const contacts = connection.sobject('Contact');
    await contacts.create([{ Legacy_Id__c: 'L-1', LastName: 'A' }, { Legacy_Id__c: 'L-1', LastName: 'B' }]);
    const error = await rejected(contacts.upsert({ Legacy_Id__c: 'L-1', LastName: 'C' }, 'Legacy_Id__c'));
    assert.equal(error.errorCode, 'MULTIPLE_CHOICES');
    assert.equal(error.data.length, 2);
  },
  'query with paging': async () => {
    const headers = { 'Sforce-Query-Options': 'batchSize=200' };
    const soql = "SELECT Id, Name FROM Account WHERE Name LIKE 'Bulk %' ORDER BY Name";
    const first = await connection.query(soql, { headers, autoFetch: false });
    assert.equal(first.totalSize, 339);
    assert.equal(first.records.length, 200);
    assert.equal(first.done, false);
    const second = await connection.queryMore(first.nextRecordsUrl, { headers });
    assert.equal(second.records.length, 139);
    assert.equal(second.done, true);
    const names = [...first.records, ...second.records].map((record) => record.Name);
    assert.equal(new Set(names).size, 339);
    const all = await connection.query(soql, { headers, autoFetch: true, maxFetch: 1000 });
    assert.equal(all.records.length, 339);
    assert.equal((await rejected(connection.queryMore('01g000000000000AAA-200'))).errorCode, 'INVALID_QUERY_LOCATOR');
  },
  'queries that jsforce builds, counts, and errors of queries': async () => {
    const count = await connection.sobject('Account').count({ Name: { $like: 'Bulk 2%' }, Industry: null });
    assert.equal(count, 111);
    const rows = await connection
      .sobject('Contact')
      .find({ CreatedDate: { $gte: jsforce.SfDate.toDateTimeLiteral(new Date(0)) }, LastName: { $in: ['One', 'U'] } })
      .select('Id, LastName')
      .sort({ LastName: -1 })
      .limit(5);
    assert.deepEqual(rows.map((row) => row.LastName), ['U', 'One']);
    assert.equal((await rejected(connection.query('SELECT Id FORM Contact'))).errorCode, 'MALFORMED_QUERY');
    assert.equal((await rejected(connection.query('SELECT Nonsense FROM Contact'))).errorCode, 'INVALID_FIELD');
    assert.equal((await rejected(connection.query('SELECT Id FROM Nonsense'))).errorCode, 'INVALID_TYPE');
  },
  'deleted records by queryAll and by the replication calls': async () => {
    const soql = 'SELECT Id FROM Account WHERE IsDeleted = true';
    assert.equal((await connection.query(soql)).totalSize, 0);
    assert.equal((await connection.query(soql, { scanAll: true })).totalSize, 111);
    const [start, end] = [new Date(Date.now() - 3600e3), new Date(Date.now() + 60e3)];
    assert.equal((await connection.sobject('Account').deleted(start, end)).deletedRecords.length, 111);
    assert.ok((await connection.sobject('Contact').updated(start, end)).ids.length > 0);
  },
  'a composite request with references': async () => {
    const base = `/services/data/v${version}`;
    const { compositeResponse } = await connection.requestPost('/composite', {
      allOrNone: true,
      compositeRequest: [
        {
          method: 'POST',
          url: `${base}/composite/sobjects`,
          referenceId: 'write',
          body: { allOrNone: true, records: [{ attributes: { type: 'Contact' }, LastName: 'Composite' }] },
        },
        {
          method: 'POST',
          url: `${base}/composite/sobjects/Contact`,
          referenceId: 'read',
          body: { ids: ['@{write[0].id}'], fields: ['Id', 'Name'] },
        },
      ],
    });
    assert.equal(compositeResponse[1].body[0].Name, 'Composite');
  },
  'the limits, in the header and as a call': async () => {
    const before = (await connection.limits()).DailyApiRequests;
    await connection.query('SELECT Id FROM Lead');
    assert.equal(connection.limitInfo.apiUsage.limit, before.Max);
    assert.equal(connection.limitInfo.apiUsage.used, before.Max - before.Remaining + 1);
    await admin('limits', { max: 100, used: 100 });
    const error = await rejected(connection.query('SELECT Id FROM Lead'));
    await admin('limits', { max: before.Max, used: 0 });
    assert.equal(error.errorCode, 'REQUEST_LIMIT_EXCEEDED');
  },
  'an expired token is refreshed unasked': async () => {
    const app = refreshing();
    assert.ok((await app.query('SELECT Id FROM Contact LIMIT 1')).done);
    const first = app.accessToken;
    await admin('expire-tokens');
    assert.equal((await app.sobject('Contact').create({ LastName: 'Refreshed' })).success, true);
    assert.notEqual(app.accessToken, first);
    const found = await app.query("SELECT Id FROM Contact WHERE LastName = 'Refreshed'");
    assert.equal(found.totalSize, 1);
  },
  'a login by password is renewed unasked': async () => {
    await admin('expire-tokens');
    assert.ok((await connection.query('SELECT Id FROM Contact LIMIT 1')).done);
  },
  'refresh tokens rotate, and an old one used again ends the grant': async () => {
    const granted = new jsforce.Connection({ oauth2: { ...oauth2, redirectUri: `${url}/callback` }, version });
    await granted.authorize('sandbox-code');
    await admin('rotation', { on: true });
    const oldToken = granted.refreshToken;
    const flow = new jsforce.OAuth2(oauth2);
    const second = await flow.refreshToken(oldToken);
    assert.notEqual(second.refresh_token, oldToken);
    const third = await flow.refreshToken(second.refresh_token);
    const alive = new jsforce.Connection({ instanceUrl: url, accessToken: third.access_token, version });
    assert.ok((await alive.query('SELECT Id FROM Contact LIMIT 1')).done);
    assert.equal((await rejected(flow.refreshToken(oldToken))).name, 'invalid_grant');
    assert.equal((await rejected(flow.refreshToken(third.refresh_token))).name, 'invalid_grant');
    assert.equal((await rejected(alive.query('SELECT Id FROM Contact LIMIT 1'))).errorCode, 'INVALID_SESSION_ID');
    await admin('rotation', { on: false });
  },
  'an answer that is lost was still applied': async () => {
    await admin('faults', { fault: 'drop', moment: 'after_commit', method: 'POST', path: '/sobjects/Lead' });
    const error = await rejected(connection.sobject('Lead').create({ LastName: 'Lost', Company: 'Answer' }));
    assert.match(String(error.cause ?? error), /hang up|ECONNRESET|socket|closed/i);
    assert.equal((await connection.query("SELECT Id FROM Lead WHERE LastName = 'Lost'")).totalSize, 1);
  },
  'a duplicate rule': async () => {
    const leads = connection.sobject('Lead');
    await leads.create({ LastName: 'First', Company: 'C', Email: 'same@example.com' });
    const error = await rejected(leads.create({ LastName: 'Second', Company: 'C', Email: 'SAME@example.com' }));
    assert.equal(error.errorCode, 'DUPLICATES_DETECTED');
  },
  'logout ends the token': async () => {
    const other = new jsforce.Connection({ oauth2, version });
    await other.login(user.username, user.password);
    const { accessToken } = other;
    await other.logout();
    const stale = new jsforce.Connection({ instanceUrl: url, accessToken, version });
    assert.equal((await rejected(stale.query('SELECT Id FROM Lead'))).errorCode, 'INVALID_SESSION_ID');
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
