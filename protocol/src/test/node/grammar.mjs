// Reads one SQL text a line (hexadecimal UTF-8) and prints, a line each, what Postgres's own scanner and grammar see in it:
// tokens=START:END,... or tokens=! where the scanner gives up, or tokens=? where its answer cannot be read; then, behind a tab each, the facts of every statement as key=value pairs,
// or error=MESSAGE; with the argument "scan" only the tokens. Offsets are UTF-16 code units; names are hexadecimal UTF-8; a relation is schema.name with an empty schema for none.
import { createInterface } from 'node:readline';
import { loadModule, parseSync, scanSync } from 'libpg-query';

const COMMENTS = new Set(['SQL_COMMENT', 'C_COMMENT']);
const WRITES = { InsertStmt: 'INSERT', UpdateStmt: 'UPDATE', DeleteStmt: 'DELETE', MergeStmt: 'MERGE' };

const hex = (text) => Buffer.from(text, 'utf8').toString('hex');
const relation = (r) => `${hex(r.schemaname ?? '')}.${hex(r.relname)}`;
const names = (targets) => (targets ?? []).map((t) => hex(t.ResTarget.name)).join(',');

/** Byte offsets to UTF-16 offsets: the identity for ASCII, else a table. */
function offsets(sql) {
  const bytes = Buffer.byteLength(sql);
  if (bytes === sql.length) return (at) => at;
  const table = new Uint32Array(bytes + 1);
  let byte = 0;
  let unit = 0;
  for (const character of sql) {
    table[byte] = unit;
    byte += Buffer.byteLength(character);
    unit += character.length;
  }
  table[bytes] = unit;
  return (at) => table[at];
}

function tokens(sql, unit) {
  let scanned;
  try {
    scanned = scanSync(sql);
  } catch (error) {
    // The binding does not escape control characters in the JSON that it reads.
    return error.message.startsWith('Bad control character') ? '?' : '!';
  }
  return scanned.tokens
    .filter((t) => !COMMENTS.has(t.tokenName))
    .map((t) => `${unit(t.start)}:${unit(t.end)}`)
    .join(',');
}

/** Every write to a table anywhere in the tree, the one of the statement itself too. */
function writes(node, found) {
  if (Array.isArray(node)) {
    for (const each of node) writes(each, found);
  } else if (node !== null && typeof node === 'object') {
    for (const [key, value] of Object.entries(node)) {
      if (WRITES[key] && value.relation) found.push(`${WRITES[key]}:${relation(value.relation)}`);
      writes(value, found);
    }
  }
  return found;
}

function mentionsOldOrNew(node) {
  if (Array.isArray(node)) return node.some(mentionsOldOrNew);
  if (node === null || typeof node !== 'object') return false;
  const first = node.ColumnRef?.fields[0]?.String?.sval;
  return first === 'old' || first === 'new' || Object.values(node).some(mentionsOldOrNew);
}

function shape(kind, s) {
  const facts = {
    target: relation(s.relation),
    only: kind !== 'InsertStmt' && s.relation.inh !== true,
    alias: s.relation.alias ? hex(s.relation.alias.aliasname) : '-',
    insertColumns: kind === 'InsertStmt' ? names(s.cols) : '',
    assignedColumns: kind === 'UpdateStmt' ? names(s.targetList) : '',
    with: s.withClause !== undefined,
    from: (s.fromClause ?? s.usingClause) !== undefined,
    where: s.whereClause !== undefined,
    currentOf: s.whereClause?.CurrentOfExpr !== undefined,
    conflict: { ONCONFLICT_NOTHING: 'DO_NOTHING', ONCONFLICT_UPDATE: 'DO_UPDATE' }[s.onConflictClause?.action] ?? 'NONE',
    returning: s.returningClause?.exprs?.length ?? 0,
    oldNew: s.returningClause?.options !== undefined || mentionsOldOrNew(s.returningClause?.exprs ?? []),
  };
  return facts;
}

function statement(raw, end, unit) {
  const start = raw.stmt_location ?? 0;
  const facts = { start: unit(start), end: unit(raw.stmt_len ? start + raw.stmt_len : end) };
  let node = raw.stmt;
  facts.node = Object.keys(node)[0];
  facts.wrapper = '-';
  if (node.ExplainStmt) {
    facts.wrapper = 'EXPLAIN';
    node = node.ExplainStmt.query;
  } else if (node.PrepareStmt) {
    facts.wrapper = 'PREPARE';
    node = node.PrepareStmt.query;
  }
  facts.writes = writes(node, []).join(',');
  const kind = Object.keys(node)[0];
  facts.inner = kind;
  facts.transaction = node.TransactionStmt?.kind ?? '-';
  facts.copyFrom = node.CopyStmt?.is_from ? relation(node.CopyStmt.relation) : '-';
  facts.truncate = (node.TruncateStmt?.relations ?? []).map((r) => relation(r.RangeVar)).join(',');
  if (WRITES[kind] && kind !== 'MergeStmt') Object.assign(facts, shape(kind, node[kind]));
  if (kind === 'MergeStmt') facts.target = relation(node[kind].relation);
  return Object.entries(facts)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ');
}

await loadModule();
for await (const line of createInterface({ input: process.stdin })) {
  const sql = Buffer.from(line, 'hex').toString('utf8');
  const unit = offsets(sql);
  const parts = [`tokens=${tokens(sql, unit)}`];
  if (process.argv[2] !== 'scan') try {
    const tree = parseSync(sql);
    for (const raw of tree.stmts ?? []) parts.push(statement(raw, Buffer.byteLength(sql), unit));
  } catch (error) {
    parts.push(`error=${error.message.replace(/\s+/g, ' ')}`);
  }
  console.log(parts.join('\t'));
}
