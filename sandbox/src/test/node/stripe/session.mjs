// Drives a running Stripe sandbox with stripe, Stripe's own Node client.
// usage: node session.mjs http://127.0.0.1:PORT
// Prints one line of JSON for each step: {"step": "...", "error": "..."}; the error is left out where all is well.
import assert from 'node:assert/strict';
import Stripe from 'stripe';

const url = new URL(process.argv[2]);
const client = (key = 'sk_test_sandbox', options = {}) =>
  new Stripe(key, { host: url.hostname, port: url.port, protocol: 'http', telemetry: false, maxNetworkRetries: 0, ...options });
const stripe = client();

const admin = async (what, body = {}, method = 'POST') => {
  const response = await fetch(new URL(`/_sandbox/${what}`, url), {
    method,
    headers: { 'content-type': 'application/json' },
    ...(method === 'GET' ? {} : { body: JSON.stringify(body) }),
  });
  assert.equal(response.status, 200, `admin ${what}`);
  return response.json();
};
const fault = (rule) => admin('faults', rule);
const unlimited = { per_second: 0, per_endpoint: 0, search: 0, concurrent: 0, object_locks: false };

const rejected = async (promise) => {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('was not refused');
};
const count = async () => (await admin('objects', {}, 'GET')).customer;

const steps = {
  'create, retrieve, update and delete a customer': async () => {
    const created = await stripe.customers.create({
      name: 'Paul Atreides',
      email: 'paul@caladan.io',
      metadata: { house: 'atreides', planet: 'caladan' },
      address: { line1: '1 Castle Road', city: 'Cala City', country: 'PT' },
      shipping: { name: 'Paul', address: { line1: 'Sietch 5' } },
      preferred_locales: ['pt', 'en'],
      tax_exempt: 'exempt',
      balance: -500,
    });
    assert.match(created.id, /^cus_\w{14}$/);
    assert.equal(created.object, 'customer');
    assert.equal(created.livemode, false);
    assert.equal(created.address.state, null);
    assert.equal(created.shipping.address.line1, 'Sietch 5');
    assert.deepEqual(created.preferred_locales, ['pt', 'en']);
    assert.equal(created.balance, -500);
    assert.match(created.lastResponse.requestId, /^req_/);
    assert.match(created.lastResponse.idempotencyKey, /^stripe-node-retry-/);
    assert.equal(created.lastResponse.apiVersion, Stripe.API_VERSION);
    const read = await stripe.customers.retrieve(created.id);
    assert.deepEqual(read.metadata, { house: 'atreides', planet: 'caladan' });
    const updated = await stripe.customers.update(created.id, {
      phone: '+351 1',
      email: '',
      metadata: { planet: 'arrakis', house: '' },
      shipping: '',
    });
    assert.equal(updated.phone, '+351 1');
    assert.equal(updated.email, null);
    assert.equal(updated.shipping, null);
    assert.deepEqual(updated.metadata, { planet: 'arrakis' });
    assert.equal(updated.name, 'Paul Atreides');
    const gone = await stripe.customers.del(created.id);
    assert.deepEqual({ ...gone }, { id: created.id, object: 'customer', deleted: true });
    assert.equal((await stripe.customers.retrieve(created.id)).deleted, true);
    assert.equal((await rejected(stripe.customers.update(created.id, { name: 'x' }))).code, 'resource_missing');
    assert.equal((await rejected(stripe.customers.del(created.id))).statusCode, 404);
  },
  'products and prices': async () => {
    const product = await stripe.products.create({ id: 'stillsuit', name: 'Stillsuit', images: ['https://x.test/1.png'] });
    assert.equal(product.id, 'stillsuit');
    assert.equal((await rejected(stripe.products.create({ id: 'stillsuit', name: 'B' }))).code, 'resource_already_exists');
    const price = await stripe.prices.create({
      product: product.id,
      currency: 'EUR',
      unit_amount: 129900,
      recurring: { interval: 'month' },
      expand: ['product'],
    });
    assert.equal(price.product.name, 'Stillsuit');
    assert.equal(price.currency, 'eur');
    assert.equal(price.type, 'recurring');
    assert.equal(price.unit_amount, 129900);
    await stripe.products.update(product.id, { default_price: price.id });
    const read = await stripe.products.retrieve(product.id, { expand: ['default_price.product'] });
    assert.equal(read.default_price.product.id, 'stillsuit');
    assert.match((await rejected(stripe.products.del(product.id))).message, /user-created prices/);
    assert.equal((await stripe.prices.update(price.id, { active: false })).active, false);
    assert.equal((await stripe.prices.list({ product: product.id, active: true })).data.length, 0);
  },
  'lists, page by page and by auto-paging': async () => {
    const first = await stripe.customers.list({ limit: 15 });
    assert.equal(first.object, 'list');
    assert.equal(first.url, '/v1/customers');
    assert.equal(first.has_more, true);
    const second = await stripe.customers.list({ limit: 15, starting_after: first.data.at(-1).id });
    assert.equal(second.data.length, 15);
    const back = await stripe.customers.list({ limit: 15, ending_before: second.data[0].id });
    assert.deepEqual(back.data.map((each) => each.id), first.data.map((each) => each.id));
    const ids = new Set();
    for await (const customer of stripe.customers.list({ limit: 7 })) ids.add(customer.id);
    assert.equal(ids.size, 40);
    const all = await stripe.customers.list({ limit: 100 }).autoPagingToArray({ limit: 1000 });
    assert.equal(all.length, 40);
    const { created } = all[0];
    assert.equal((await stripe.customers.list({ created: { gt: created } })).data.length, 0);
    assert.ok((await stripe.customers.list({ created: { gte: created } })).data.length > 0);
    assert.equal((await stripe.customers.list({ email: 'ada.lovelace@example.com' })).data.length, 1);
  },
  'search': async () => {
    await stripe.customers.create({ name: 'Duncan Idaho', email: 'duncan@caladan.io', metadata: { op: 'a-1' } });
    const by = async (query) => (await stripe.customers.search({ query })).data.map((each) => each.name);
    assert.deepEqual(await by("email:'duncan@caladan.io'"), ['Duncan Idaho']);
    assert.deepEqual(await by("metadata['op']:'a-1'"), ['Duncan Idaho']);
    assert.deepEqual(await by("name~'idah' AND -email:null"), ['Duncan Idaho']);
    assert.equal((await rejected(stripe.customers.search({ query: "nonsense:'x'" }))).type, 'StripeInvalidRequestError');
    const names = [];
    for await (const each of stripe.customers.search({ query: "name~'ada'", limit: 1 })) names.push(each.name);
    assert.ok(names.length > 1);
  },
  'events tell what changed': async () => {
    const customer = await stripe.customers.create({ name: 'Stilgar' }, { idempotencyKey: 'stilgar-1' });
    await stripe.customers.update(customer.id, { name: 'Stil', metadata: { rank: 'naib' } });
    await stripe.customers.del(customer.id);
    const events = await stripe.events.list({ types: ['customer.*'], limit: 3 });
    assert.deepEqual(
      events.data.map((each) => each.type),
      ['customer.deleted', 'customer.updated', 'customer.created'],
    );
    assert.deepEqual(events.data[1].data.previous_attributes, { metadata: { rank: null }, name: 'Stilgar' });
    assert.equal(events.data[2].request.idempotency_key, 'stilgar-1');
    assert.equal((await stripe.events.retrieve(events.data[0].id)).data.object.id, customer.id);
  },
  'each error class': async () => {
    const refused = async (params, options) => rejected(stripe.customers.create(params, options));
    const invalid = await refused({ email: 'nobody' });
    assert.equal(invalid.constructor, Stripe.errors.StripeInvalidRequestError);
    assert.deepEqual([invalid.code, invalid.param, invalid.statusCode], ['email_invalid', 'email', 400]);
    const unknown = await refused({ nonsense: 1 });
    assert.deepEqual([unknown.code, unknown.param], ['parameter_unknown', 'nonsense']);
    assert.match(unknown.doc_url, /parameter-unknown$/);
    assert.equal((await refused({ balance: 'much' })).code, 'parameter_invalid_integer');
    assert.equal((await refused({ shipping: { name: 'x' } })).code, 'parameter_missing');
    assert.match((await refused({ tax_exempt: 'no' })).message, /must be one of none, exempt, or reverse/);
    assert.match((await refused({ metadata: { k: 'v'.repeat(501) } })).message, /500 characters/);
    const empty = await rejected(stripe.products.create({ name: '' }));
    assert.deepEqual([empty.code, empty.param], ['parameter_invalid_empty', 'name']);
    const missing = await rejected(stripe.customers.retrieve('cus_none'));
    assert.deepEqual([missing.code, missing.param, missing.statusCode], ['resource_missing', 'id', 404]);
    const card = await refused({ source: 'tok_chargeDeclined' });
    assert.equal(card.constructor, Stripe.errors.StripeCardError);
    assert.deepEqual([card.code, card.decline_code], ['card_declined', 'generic_decline']);
    const key = await rejected(client('sk_test_wrong').customers.list());
    assert.equal(key.constructor, Stripe.errors.StripeAuthenticationError);
    const restricted = client('rk_test_sandbox');
    assert.equal((await restricted.customers.list({ limit: 1 })).data.length, 1);
    assert.equal((await rejected(restricted.customers.create({}))).constructor, Stripe.errors.StripePermissionError);
    await fault({ fault: 'status', status: 500 });
    assert.equal((await refused({})).constructor, Stripe.errors.StripeAPIError);
  },
  'the same key gives the same answer': async () => {
    const before = await count();
    const first = await stripe.customers.create({ name: 'Chani' }, { idempotencyKey: 'chani' });
    const again = await stripe.customers.create({ name: 'Chani' }, { idempotencyKey: 'chani' });
    assert.equal(again.id, first.id);
    assert.equal(again.lastResponse.headers['idempotent-replayed'], 'true');
    assert.equal(again.lastResponse.headers['original-request'], first.lastResponse.requestId);
    assert.equal(await count(), before + 1);
    const other = await rejected(stripe.customers.create({ name: 'Irulan' }, { idempotencyKey: 'chani' }));
    assert.equal(other.constructor, Stripe.errors.StripeIdempotencyError);
    assert.equal(other.statusCode, 400);
  },
  'a key in use': async () => {
    await fault({ fault: 'hang', ms: 700, moment: 'after_commit', path: '/v1/customers' });
    const slow = stripe.customers.create({ name: 'Jessica' }, { idempotencyKey: 'jessica' });
    await new Promise((resolve) => setTimeout(resolve, 200));
    const second = await rejected(stripe.customers.create({ name: 'Jessica' }, { idempotencyKey: 'jessica' }));
    assert.deepEqual([second.statusCode, second.code], [409, 'idempotency_key_in_use']);
    assert.equal(second.headers['stripe-should-retry'], 'true');
    const { id } = await slow;
    const replay = await stripe.customers.create({ name: 'Jessica' }, { idempotencyKey: 'jessica' });
    assert.equal(replay.id, id);
  },
  'a connection that drops after the commit: the client tries again with its key, and there is one': async () => {
    const before = await count();
    await fault({ fault: 'drop', moment: 'after_commit', path: '/v1/customers' });
    const made = await stripe.customers.create({ name: 'Gurney' });
    assert.equal(made.lastResponse.headers['idempotent-replayed'], 'true');
    assert.equal(await count(), before + 1);
  },
  'a 500 is stored under its key and not tried again': async () => {
    const before = await count();
    await fault({ fault: 'refuse_records', code: 'api_error_applied' });
    const retrying = client('sk_test_sandbox', { maxNetworkRetries: 2 });
    const failed = await rejected(retrying.customers.create({ name: 'Yueh' }, { idempotencyKey: 'yueh' }));
    assert.deepEqual([failed.constructor, failed.statusCode], [Stripe.errors.StripeAPIError, 500]);
    assert.equal(failed.headers['stripe-should-retry'], 'false');
    const replay = await rejected(retrying.customers.create({ name: 'Yueh' }, { idempotencyKey: 'yueh' }));
    assert.equal(replay.headers['idempotent-replayed'], 'true');
    assert.equal(await count(), before + 1);
  },
  'rates': async () => {
    await admin('limits', { ...unlimited, per_endpoint: 3 });
    const answers = await Promise.allSettled(Array.from({ length: 8 }, () => stripe.customers.list({ limit: 1 })));
    await admin('limits', unlimited);
    const refused = answers.filter((each) => each.status === 'rejected');
    assert.ok(refused.length >= 2, `${refused.length} refused`);
    assert.equal(refused[0].reason.constructor, Stripe.errors.StripeRateLimitError);
    assert.equal(refused[0].reason.code, 'rate_limit');
    assert.equal(refused[0].reason.headers['stripe-rate-limited-reason'], 'endpoint-rate');
  },
  'a locked object, which the client tries again by itself': async () => {
    const { id } = await stripe.customers.create({ name: 'Thufir' });
    await fault({ fault: 'refuse_records', code: 'lock_timeout' });
    const locked = await rejected(stripe.customers.update(id, { name: 'T' }));
    assert.deepEqual([locked.statusCode, locked.code], [429, 'lock_timeout']);
    await fault({ fault: 'refuse_records', code: 'lock_timeout' });
    const retrying = client('sk_test_sandbox', { maxNetworkRetries: 1 });
    assert.equal((await retrying.customers.update(id, { name: 'T' })).name, 'T');
  },
  'half an answer': async () => {
    await fault({ fault: 'half_body', path: '/v1/customers' });
    const error = await rejected(stripe.customers.create({ name: 'Rabban' }));
    assert.match(error.type, /StripeAPIError|StripeConnectionError/);
  },
  'keys that were rolled': async () => {
    await admin('expire-tokens');
    const expired = await rejected(stripe.customers.list());
    assert.deepEqual([expired.constructor, expired.code], [Stripe.errors.StripeAuthenticationError, 'api_key_expired']);
    await admin('keys', { add: 'sk_test_rolled' });
    assert.equal((await client('sk_test_rolled').customers.list({ limit: 1 })).data.length, 1);
  },
};

await admin('limits', unlimited);
for (const [step, run] of Object.entries(steps)) {
  let error;
  try {
    await run();
  } catch (thrown) {
    error = thrown.stack ?? String(thrown);
  }
  console.log(JSON.stringify({ step, error }));
}
