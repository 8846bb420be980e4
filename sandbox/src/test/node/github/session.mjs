// Drives a running GitHub sandbox with @octokit/rest, @octokit/graphql and @octokit/auth-app, GitHub's own Node clients.
// usage: node session.mjs http://127.0.0.1:PORT
// Prints one line of JSON for each step: {"step": "...", "error": "..."}; the error is left out where all is well.
// Every GraphQL document that is sent is first validated against GitHub's published schema.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createAppAuth } from '@octokit/auth-app';
import { graphql as client, GraphqlResponseError } from '@octokit/graphql';
import { schema as published } from '@octokit/graphql-schema';
import { Octokit } from '@octokit/rest';
import { buildSchema, parse, printType, validate } from 'graphql';

const baseUrl = process.argv[2];
const repo = { owner: 'octo-org', repo: 'hello-world' };
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const octokit = (auth = 'ghp_sandbox') => new Octokit({ auth, baseUrl, log: quiet });
const rest = octokit();
const schema = buildSchema(published.idl, { assumeValidSDL: true });

const graphql = async (query, variables = {}, token = 'ghp_sandbox') => {
  const problems = validate(schema, parse(query));
  assert.deepEqual(problems.map((each) => each.message), [], 'not valid by the published schema');
  return unchecked(query, variables, token);
};
const unchecked = (query, variables = {}, token = 'ghp_sandbox') =>
  client.defaults({ baseUrl, headers: { authorization: `token ${token}` } })(query, variables);

const admin = async (what, body = {}, method = 'POST') => {
  const response = await fetch(`${baseUrl}/_sandbox/${what}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(method === 'GET' ? {} : { body: JSON.stringify(body) }),
  });
  assert.equal(response.status, 200, `admin ${what}`);
  return response.json();
};
const unlimited = {
  rest_per_hour: 0, graphql_per_hour: 0, created_per_minute: 0, created_per_hour: 0, rest_points: 0, graphql_points: 0,
};

const rejected = async (promise) => {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('was not refused');
};

let repositoryId;

const CREATE = `mutation ($input: CreateIssueInput!) {
  createIssue(input: $input) { clientMutationId issue { ...row } }
}
fragment row on Issue {
  id number title body state stateReason(enableDuplicate: true) updatedAt closedAt
  author { login } labels(first: 10) { nodes { name } } assignees(first: 10) { nodes { login } }
}`;
const create = async (input) => (await graphql(CREATE, { input: { repositoryId, ...input } })).createIssue.issue;

const steps = {
  'the part of the schema that is here is the published one': async () => {
    const file = '../../src/main/resources/io/penstock/sandbox/github/schema.graphql';
    assert.ok(existsSync(file));
    const scalars = 'scalar URI\nscalar DateTime\nscalar BigInt\n';
    const ours = buildSchema(scalars + readFileSync(file, 'utf8'), { assumeValidSDL: true });
    for (const type of Object.values(ours.getTypeMap())) {
      if (type.name.startsWith('__')) continue;
      const theirs = schema.getType(type.name);
      assert.ok(theirs, type.name);
      if (type.getValues) {
        assert.deepEqual(type.getValues().map((v) => v.name).sort(), theirs.getValues().map((v) => v.name).sort(), type.name);
      }
      if (!type.getFields) continue;
      for (const field of Object.values(type.getFields())) {
        const known = theirs.getFields()[field.name];
        assert.ok(known, `${type.name}.${field.name}`);
        assert.equal(String(field.type), String(known.type), `${type.name}.${field.name}`);
        for (const argument of field.args ?? []) {
          const same = known.args.find((each) => each.name === argument.name);
          assert.ok(same, `${type.name}.${field.name}(${argument.name})`);
          assert.equal(String(argument.type), String(same.type), `${type.name}.${field.name}(${argument.name})`);
        }
      }
      const inputs = printType(type).startsWith('input');
      if (inputs) assert.deepEqual(Object.keys(type.getFields()).sort(), Object.keys(theirs.getFields()).sort(), type.name);
    }
  },
  'create, get, update and list an issue by REST': async () => {
    const { data: created, status } = await rest.issues.create({
      ...repo, title: 'Spice', body: 'must\r\nflow', labels: ['bug', 'Arrakis'], assignees: ['ada'],
    });
    assert.equal(status, 201);
    assert.match(created.node_id, /^I_kwDO/);
    assert.equal(created.body, 'must\nflow');
    assert.deepEqual(created.labels.map((each) => each.name), ['bug', 'Arrakis']);
    assert.equal(created.assignee.login, 'ada');
    const at = { ...repo, issue_number: created.number };
    const { data: closed } = await rest.issues.update({ ...at, state: 'closed', state_reason: 'not_planned', body: null });
    assert.deepEqual([closed.state, closed.state_reason, closed.body], ['closed', 'not_planned', null]);
    assert.ok(closed.closed_at);
    const { data: opened } = await rest.issues.update({ ...at, state: 'open', labels: [], title: 'Melange' });
    assert.deepEqual([opened.state, opened.state_reason, opened.labels.length], ['open', 'reopened', 0]);
    assert.equal((await rest.issues.get(at)).data.title, 'Melange');
  },
  'lists, page by page and by pagination, with since': async () => {
    const first = await rest.issues.listForRepo({ ...repo, state: 'all', per_page: 15 });
    assert.match(first.headers.link, /rel="next".*rel="last"/);
    const all = await rest.paginate(rest.issues.listForRepo, { ...repo, state: 'all', per_page: 7 });
    assert.equal(all.length, 42);
    assert.equal(all.filter((each) => each.pull_request).length, 1);
    assert.equal(new Set(all.map((each) => each.id)).size, 42);
    const open = await rest.paginate(rest.issues.listForRepo, { ...repo, per_page: 100 });
    assert.ok(open.length < 42 && open.every((each) => each.state === 'open'));
    const ordered = await rest.paginate(rest.issues.listForRepo, { ...repo, state: 'all', sort: 'updated', direction: 'asc' });
    assert.equal(ordered.at(-1).title, 'Melange');
    const later = new Date(Date.now() + 60_000).toISOString();
    assert.equal((await rest.issues.listForRepo({ ...repo, state: 'all', since: later })).data.length, 0);
  },
  'what a client knows already': async () => {
    const first = await rest.issues.get({ ...repo, issue_number: 1 });
    const used = (await rest.rateLimit.get()).data.rate.used;
    const error = await rejected(
      rest.issues.get({ ...repo, issue_number: 1, headers: { 'if-none-match': first.headers.etag } }),
    );
    assert.equal(error.status, 304);
    assert.equal((await rest.rateLimit.get()).data.rate.used, used);
  },
  'errors of REST': async () => {
    const blank = await rejected(rest.issues.create({ ...repo, title: '' }));
    assert.equal(blank.status, 422);
    assert.equal(blank.response.data.message, 'Validation Failed');
    assert.deepEqual(blank.response.data.errors, [{ resource: 'Issue', field: 'title', code: 'missing_field' }]);
    const assignee = await rejected(rest.issues.create({ ...repo, title: 'x', assignees: ['nobody'] }));
    assert.deepEqual(assignee.response.data.errors[0].value, 'nobody');
    assert.equal((await rejected(rest.issues.get({ ...repo, issue_number: 999 }))).status, 404);
    assert.equal((await rejected(rest.issues.create({ owner: 'octo-org', repo: 'none', title: 'x' }))).status, 404);
    const state = await rejected(rest.issues.update({ ...repo, issue_number: 1, state: 'ajar' }));
    assert.match(state.message, /is not a member of/);
    const bad = await rejected(octokit('ghp_wrong').issues.get({ ...repo, issue_number: 1 }));
    assert.deepEqual([bad.status, bad.response.data.message], [401, 'Bad credentials']);
    const forbidden = await rejected(octokit('ghp_readonly').issues.create({ ...repo, title: 'x' }));
    assert.equal(forbidden.status, 403);
    assert.equal((await octokit('ghp_readonly').issues.get({ ...repo, issue_number: 1 })).status, 200);
  },
  'the same by GraphQL': async () => {
    const { repository } = await graphql(
      `query ($owner: String!, $name: String!) {
        repository(owner: $owner, name: $name) {
          id nameWithOwner labels(first: 10) { nodes { id name } } assignableUsers(first: 5) { nodes { id login } }
        }
      }`,
      { owner: repo.owner, name: repo.repo },
    );
    repositoryId = repository.id;
    const label = repository.labels.nodes.find((each) => each.name === 'bug').id;
    const user = repository.assignableUsers.nodes.find((each) => each.login === 'grace').id;
    const issue = await create({ title: 'Worm', body: 'sign', labelIds: [label], assigneeIds: [user], clientMutationId: 'c-1' });
    assert.deepEqual([issue.title, issue.body, issue.state], ['Worm', 'sign', 'OPEN']);
    assert.deepEqual(issue.labels.nodes, [{ name: 'bug' }]);
    assert.deepEqual(issue.assignees.nodes, [{ login: 'grace' }]);
    const { updateIssue } = await graphql(
      'mutation ($input: UpdateIssueInput!) { updateIssue(input: $input) { issue { title state labels(first: 1) { totalCount } } } }',
      { input: { id: issue.id, title: 'Wormsign', labelIds: [] } },
    );
    assert.deepEqual(updateIssue.issue, { title: 'Wormsign', state: 'OPEN', labels: { totalCount: 0 } });
    const { closeIssue } = await graphql(
      'mutation ($id: ID!) { closeIssue(input: { issueId: $id, stateReason: DUPLICATE }) { issue { state stateReason } } }',
      { id: issue.id },
    );
    assert.deepEqual(closeIssue.issue, { state: 'CLOSED', stateReason: 'NOT_PLANNED' });
    await graphql('mutation ($id: ID!) { reopenIssue(input: { issueId: $id }) { issue { state } } }', { id: issue.id });
    const found = await graphql('query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Issue { title number } } }', {
      ids: [issue.id, repositoryId],
    });
    assert.deepEqual(found.nodes.map((each) => each.__typename), ['Issue', 'Repository']);
    const { deleteIssue } = await graphql(
      'mutation ($id: ID!) { deleteIssue(input: { issueId: $id, clientMutationId: "d" }) { clientMutationId repository { name } } }',
      { id: issue.id },
    );
    assert.deepEqual(deleteIssue, { clientMutationId: 'd', repository: { name: 'hello-world' } });
    assert.equal((await rejected(rest.issues.get({ ...repo, issue_number: issue.number }))).status, 410);
  },
  'pages of GraphQL': async () => {
    const seen = [];
    let after = null;
    do {
      const { repository } = await graphql(
        `query ($after: String) {
          repository(owner: "octo-org", name: "hello-world") {
            issues(first: 9, after: $after, states: [OPEN, CLOSED], orderBy: { field: UPDATED_AT, direction: DESC }) {
              totalCount nodes { number } edges { cursor } pageInfo { hasNextPage endCursor }
            }
          }
        }`,
        { after },
      );
      seen.push(...repository.issues.nodes.map((each) => each.number));
      after = repository.issues.pageInfo.hasNextPage ? repository.issues.pageInfo.endCursor : null;
      assert.equal(repository.issues.totalCount, 41);
    } while (after);
    assert.equal(new Set(seen).size, 41);
  },
  'many in one document, some of which fail': async () => {
    const made = await graphql(
      `mutation ($a: CreateIssueInput!, $b: CreateIssueInput!) {
        r0: createIssue(input: $a) { issue { id number } }
        r1: createIssue(input: $b) { issue { id number } }
      }`,
      { a: { repositoryId, title: 'One' }, b: { repositoryId, title: 'Two' } },
    );
    const error = await rejected(graphql(
      `mutation ($a: UpdateIssueInput!, $b: UpdateIssueInput!, $c: UpdateIssueInput!) {
        r0: updateIssue(input: $a) { issue { title } }
        r1: updateIssue(input: $b) { issue { title } }
        r2: updateIssue(input: $c) { issue { title } }
      }`,
      {
        a: { id: made.r0.issue.id, title: 'Uno' },
        b: { id: 'I_kwDOnone', title: 'Dos' },
        c: { id: made.r1.issue.id, title: '' },
      },
    ));
    assert.equal(error.constructor, GraphqlResponseError);
    assert.deepEqual(error.data, { r0: { issue: { title: 'Uno' } }, r1: null, r2: null });
    assert.deepEqual(
      error.errors.map((each) => [each.type, each.path]),
      [['NOT_FOUND', ['r1']], ['UNPROCESSABLE', ['r2']]],
    );
    assert.match(error.errors[0].message, /Could not resolve to a node with the global id of 'I_kwDOnone'/);
  },
  'a document that takes too long is cut off, and its first part is done': async () => {
    await admin('cut-off', { mutations: 2 });
    const before = (await admin('objects', {}, 'GET')).issue;
    const aliases = [0, 1, 2, 3].map((n) => `r${n}: createIssue(input: { repositoryId: "${repositoryId}", title: "T${n}" }) { issue { id } }`);
    const error = await rejected(graphql(`mutation { ${aliases.join(' ')} }`));
    await admin('cut-off');
    assert.equal(error.status, 502);
    assert.equal((await admin('objects', {}, 'GET')).issue, before + 2);
  },
  'what the schema does not know': async () => {
    const first = async (query, variables) => (await rejected(unchecked(query, variables))).errors[0];
    const field = await first('query { repository(owner: "a", name: "b") { nonsense } }');
    assert.equal(field.message, "Field 'nonsense' doesn't exist on type 'Repository'");
    assert.deepEqual(field.extensions, { code: 'undefinedField', typeName: 'Repository', fieldName: 'nonsense' });
    assert.deepEqual(field.locations, [{ line: 1, column: 45 }]);
    assert.match((await first('query { viewer }')).message, /must have selections/);
    assert.match((await first('query { viewer { login { x } } }')).message, /can't be made on scalars/);
    assert.match((await first('query { repository(owner: "a") { id } }')).message, /missing required arguments: name/);
    assert.match((await first('query { viewer(x: 1) { id } }')).message, /doesn't accept argument 'x'/);
    assert.match((await first('query { node(id: $id) { id } }')).message, /Variable \$id is used by anonymous query but not declared/);
    assert.match((await first('query { ')).message, /Unexpected end of document/);
    const variable = await first(CREATE, { input: { repositoryId } });
    assert.equal(
      variable.message,
      'Variable $input of type CreateIssueInput! was provided invalid value for title (Expected value to not be null)',
    );
    assert.match((await first(CREATE, { input: { repositoryId, title: 'x', color: 'red' } })).message, /for color \(Field is not defined on CreateIssueInput\)/);
  },
  'labels by GraphQL, which REST shows': async () => {
    const { createLabel } = await graphql(
      'mutation ($input: CreateLabelInput!) { createLabel(input: $input) { label { id name createdAt } } }',
      { input: { repositoryId, name: 'slow', color: 'ff0000', description: 'Takes its time' } },
    );
    const { data: before } = await rest.issues.listLabelsForRepo(repo);
    assert.equal(before.find((each) => each.name === 'slow').description, 'Takes its time');
    const { updateLabel } = await graphql(
      'mutation ($input: UpdateLabelInput!) { updateLabel(input: $input) { label { name description } } }',
      { input: { id: createLabel.label.id, name: 'slower' } },
    );
    assert.deepEqual(updateLabel.label, { name: 'slower', description: 'Takes its time' });
    await graphql('mutation ($input: DeleteLabelInput!) { deleteLabel(input: $input) { clientMutationId } }', {
      input: { id: createLabel.label.id },
    });
    const { data: after } = await rest.issues.listLabelsForRepo(repo);
    assert.ok(!after.some((each) => each.name.startsWith('slow')));
  },
  'errors of GraphQL': async () => {
    const one = async (query, token) => (await rejected(graphql(query, {}, token))).errors[0];
    const nowhere = await one('query { repository(owner: "octo-org", name: "none") { id } }');
    assert.deepEqual([nowhere.type, nowhere.path], ['NOT_FOUND', ['repository']]);
    const inner = await one('query { repository(owner: "octo-org", name: "hello-world") { issue(number: 999) { id } } }');
    assert.deepEqual([inner.type, inner.path], ['NOT_FOUND', ['repository', 'issue']]);
    const unbounded = await one('query { repository(owner: "octo-org", name: "hello-world") { issues { totalCount } } }');
    assert.equal(unbounded.type, 'MISSING_PAGINATION_BOUNDARIES');
    const forbidden = await one(`mutation { createIssue(input: { repositoryId: "${repositoryId}", title: "x" }) { issue { id } } }`, 'ghp_readonly');
    assert.equal(forbidden.type, 'FORBIDDEN');
    assert.equal((await rejected(graphql('query { viewer { login } }', {}, 'ghp_wrong'))).status, 401);
  },
  'an app: its own token, its installation, its end': async () => {
    const [app] = await admin('objects/app', {}, 'GET');
    const options = { appId: app.id, privateKey: app.private_key, installationId: app.installation_id };
    const installed = new Octokit({ authStrategy: createAppAuth, auth: options, baseUrl, log: quiet });
    const { data } = await installed.issues.create({ ...repo, title: 'By an app' });
    assert.equal(data.title, 'By an app');
    const { token, expiresAt } = await installed.auth({ type: 'installation' });
    assert.match(token, /^ghs_/);
    assert.ok(Date.parse(expiresAt) - Date.now() > 3_500_000);
    assert.equal((await installed.apps.getAuthenticated()).data.id, app.id);
    const wrong = createAppAuth({ ...options, installationId: 1, request: new Octokit({ baseUrl, log: quiet }).request });
    assert.equal((await rejected(wrong({ type: 'installation' }))).status, 404);
    await admin('expire-tokens');
    assert.equal((await rejected(octokit(token).issues.get({ ...repo, issue_number: 1 }))).status, 401);
    const fresh = await installed.auth({ type: 'installation', refresh: true });
    assert.notEqual(fresh.token, token);
    assert.equal((await octokit(fresh.token).issues.get({ ...repo, issue_number: 1 })).status, 200);
    await admin('tokens', { add: 'ghp_sandbox' });
  },
  'the primary limit, by REST and by GraphQL': async () => {
    await admin('limits', { ...unlimited, rest_per_hour: 2, graphql_per_hour: 1 });
    const first = await rest.issues.get({ ...repo, issue_number: 1 });
    assert.equal(first.headers['x-ratelimit-remaining'], '1');
    await rest.issues.get({ ...repo, issue_number: 2 });
    const limited = await rejected(rest.issues.get({ ...repo, issue_number: 3 }));
    assert.deepEqual([limited.status, limited.response.headers['x-ratelimit-remaining']], [403, '0']);
    assert.match(limited.message, /API rate limit exceeded/);
    await graphql('query { viewer { login } }');
    const error = await rejected(graphql('query { viewer { login } }'));
    assert.equal(error.errors[0].type, 'RATE_LIMITED');
    assert.equal(error.headers['x-ratelimit-remaining'], '0');
    await admin('limits', unlimited);
  },
  'the limit of contents made': async () => {
    await admin('limits', { ...unlimited, created_per_minute: 2 });
    await rest.issues.create({ ...repo, title: 'a' });
    await create({ title: 'b' });
    const byRest = await rejected(rest.issues.create({ ...repo, title: 'c' }));
    assert.deepEqual([byRest.status, byRest.response.headers['retry-after']], [403, '60']);
    assert.match(byRest.message, /secondary rate limit/);
    const byGraphQl = await rejected(create({ title: 'c' }));
    assert.deepEqual([byGraphQl.errors[0].type, byGraphQl.errors[0].message], ['UNPROCESSABLE', 'was submitted too quickly']);
    await admin('limits', unlimited);
  },
  'a connection that drops after the commit': async () => {
    const before = (await admin('objects', {}, 'GET')).issue;
    await admin('faults', { fault: 'drop', path: '/graphql' });
    await rejected(create({ title: 'Lost' }));
    assert.equal((await admin('objects', {}, 'GET')).issue, before + 1);
    await admin('faults', { fault: 'status', status: 502, path: '/graphql' });
    assert.equal((await rejected(create({ title: 'Never' }))).status, 502);
    assert.equal((await admin('objects', {}, 'GET')).issue, before + 1);
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
