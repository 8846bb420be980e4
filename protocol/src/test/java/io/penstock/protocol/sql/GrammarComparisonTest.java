package io.penstock.protocol.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.penstock.protocol.error.ErrorCode;
import io.penstock.protocol.sql.GrammarOracle.Scan;
import io.penstock.protocol.sql.GrammarOracle.Seen;
import io.penstock.protocol.sql.generate.StatementGenerator;
import io.penstock.protocol.sql.generate.TestTable;
import io.penstock.protocol.sql.generate.TextMutator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Compares lexer, splitter, classifier and shapes with Postgres's own scanner and grammar on generated statements. A write to a synced table
 * that we would relay, a refusal of what writes to none, and a clause that we see elsewhere are all mistakes; none is allowed.
 */
class GrammarComparisonTest {
    private static final int TEXTS = Integer.getInteger("penstock.grammar.texts", 8000);
    private static final long SEED = Long.getLong("penstock.grammar.seed", 20261121L);
    private static final SyncedNames SYNCED =
            name -> TestTable.maybeSynced(name.schema() == null ? "" : name.schema(), name.name());

    /**
     * Where the oracle's scanner is patched to differ from Postgres's: {@code $1abc} is two tokens to it, and a string does not go on behind
     * a comment.
     */
    private static final Pattern KNOWN_TO_DIFFER =
            Pattern.compile("\\$[0-9]+[a-zA-Z_\\u0080-\\uffff]|'\\s*--[^\\r\\n]*[\\r\\n]\\s*'");

    private final Map<String, List<String>> misses = new TreeMap<>();
    private final Map<String, Integer> verdicts = new TreeMap<>();

    @Test
    void seesWhatPostgresSeesInRightStatements() throws IOException, InterruptedException {
        StatementGenerator generator = new StatementGenerator(SEED);
        int statements =
                compareAll(Stream.generate(generator::anything).limit(TEXTS).toList(), true);
        assertThat(misses).as("misses by cause").isEmpty();
        assertThat(statements).isGreaterThanOrEqualTo(5000);
    }

    @Test
    void seesWhatPostgresSeesInStatementsThatHaveBeenMeddledWith() throws IOException, InterruptedException {
        StatementGenerator generator = new StatementGenerator(SEED);
        TextMutator mutator = new TextMutator(SEED);
        int statements = compareAll(
                Stream.generate(generator::anything)
                        // Short ones, of which more are statements afterwards.
                        .filter(text -> text.length() < 300)
                        .map(mutator::mutate)
                        .filter(text -> !text.isBlank())
                        .limit(TEXTS)
                        .toList(),
                false);
        assertThat(misses).as("misses by cause").isEmpty();
        assertThat(statements).isGreaterThanOrEqualTo(500);
    }

    @Test
    void endsTokensWherePostgresEndsThem() throws IOException, InterruptedException {
        TextMutator mutator = new TextMutator(SEED);
        assumeTrue(GrammarOracle.isAvailable(), "node and npm with libpg-query");
        List<String> texts = Stream.generate(mutator::soup).limit(3L * TEXTS).toList();
        List<Seen> all = GrammarOracle.scan(texts);
        for (int i = 0; i < texts.size(); i++) {
            compareTokens(texts.get(i), all.get(i));
        }
        report(texts.size(), 0);
        assertThat(misses).as("misses by cause").isEmpty();
    }

    /** How many statements Postgres's grammar took. */
    private int compareAll(List<String> texts, boolean right) throws IOException, InterruptedException {
        assumeTrue(GrammarOracle.isAvailable(), "node and npm with libpg-query");
        List<Seen> all = GrammarOracle.look(texts);
        int statements = 0;
        for (int i = 0; i < texts.size(); i++) {
            Seen seen = all.get(i);
            compareTokens(texts.get(i), seen);
            if (seen.error().isEmpty()) {
                statements += seen.statements().size();
                compareStatements(texts.get(i), seen);
            } else if (right) {
                miss("refused by Postgres's grammar: " + seen.error(), texts.get(i));
            }
        }
        report(texts.size(), statements);
        return statements;
    }

    private void compareTokens(String text, Seen seen) {
        List<Span> ours = new ArrayList<>();
        Lexer lexer = new Lexer(text, LexerOptions.DEFAULT);
        boolean gaveUp = false;
        for (TokenKind kind = lexer.next(); kind != TokenKind.END; kind = lexer.next()) {
            ours.add(new Span(lexer.start(), lexer.end()));
            gaveUp |= kind == TokenKind.ERROR;
        }
        if (seen.scan() == Scan.UNREADABLE || KNOWN_TO_DIFFER.matcher(text).find()) {
            return;
        }
        if (gaveUp != (seen.scan() == Scan.GAVE_UP)) {
            miss(gaveUp ? "we give up, Postgres does not" : "Postgres gives up, we do not", text);
        } else if (!gaveUp && !ours.equals(withNationalStringsJoined(text, seen.tokens()))) {
            miss("tokens differ", text);
        }
    }

    /** Postgres's scanner gives N'x' as two tokens. */
    private static List<Span> withNationalStringsJoined(String text, List<Span> tokens) {
        List<Span> joined = new ArrayList<>();
        for (Span token : tokens) {
            Span before = joined.isEmpty() ? null : joined.getLast();
            if (before != null
                    && before.end() == token.start()
                    && before.of(text).equalsIgnoreCase("n")
                    && text.charAt(token.start()) == '\'') {
                joined.set(joined.size() - 1, new Span(before.start(), token.end()));
            } else {
                joined.add(token);
            }
        }
        return joined;
    }

    private void compareStatements(String text, Seen seen) {
        List<Span> spans = StatementSplitter.spans(text, LexerOptions.DEFAULT);
        if (spans.size() != seen.statements().size()) {
            miss(
                    "number of statements: " + spans.size() + " for "
                            + seen.statements().size(),
                    text);
            return;
        }
        for (int i = 0; i < spans.size(); i++) {
            Map<String, String> facts = seen.statements().get(i);
            Span theirs = new Span(Integer.parseInt(fact(facts, "start")), Integer.parseInt(fact(facts, "end")));
            String statement = spans.get(i).of(text);
            if (!words(statement).equals(words(theirs.of(text)))) {
                miss("statement ends elsewhere", text);
            }
            String cause = compare(statement, facts);
            if (cause != null) {
                miss(cause, statement);
            }
        }
    }

    private static List<String> words(String sql) {
        List<String> words = new ArrayList<>();
        Lexer lexer = new Lexer(sql, LexerOptions.DEFAULT);
        while (lexer.next() != TokenKind.END) {
            words.add(sql.substring(lexer.start(), lexer.end()));
        }
        return words;
    }

    /** The cause of a disagreement, or null. */
    private @Nullable String compare(String statement, Map<String, String> facts) {
        Classified classified = StatementClassifier.classify(statement, LexerOptions.DEFAULT, SYNCED);
        verdicts.merge(classified.getClass().getSimpleName(), 1, Integer::sum);
        String expected = expected(facts);
        return switch (classified) {
            case Classified.Mutation mutation -> compareShape(expected, "Mutation", statement, mutation.dml(), facts);
            case Classified.Explain explain ->
                compareShape(expected, "Explain", explain.inner().of(statement), explain.dml(), facts);
            case Classified.Prepare prepare ->
                prepare.innerClass() instanceof Classified.Mutation mutation
                        ? compareShape(expected, "Prepare", prepare.inner().of(statement), mutation.dml(), facts)
                        : "prepared is no mutation";
            case Classified.Refused refused -> {
                String actual = "Refused " + refused.code();
                yield actual.equals(expected) ? null : expected + " expected, but " + actual;
            }
            case Classified.Relay relay -> {
                String actual = "Relay " + relay.command();
                String wanted = expected.equals("Relay") ? "Relay " + command(facts) : "SILENT: " + expected;
                if (wanted.equals("Relay SET") && actual.startsWith("Relay RESET")) {
                    yield null;
                }
                yield actual.equals(wanted) ? null : wanted + " expected, but " + actual;
            }
            case Classified.Execute execute -> like(expected, "ExecuteStmt", facts);
            case Classified.ExplainExecute execute -> like(expected, "ExplainStmt", facts);
            case Classified.Deallocate deallocate -> like(expected, "DeallocateStmt", facts);
            case Classified.DryRun dryRun -> like(expected, "VariableSetStmt", facts);
        };
    }

    private static @Nullable String like(String expected, String node, Map<String, String> facts) {
        return expected.equals("Relay") && fact(facts, "node").equals(node)
                ? null
                : expected + " expected, but " + node;
    }

    /** What the real grammar's tree asks of the classifier. */
    private static String expected(Map<String, String> facts) {
        if (synced(fact(facts, "copyFrom"))) {
            return "Refused " + ErrorCode.COPY_FROM_REFUSED;
        }
        if (relations(fact(facts, "truncate")).anyMatch(GrammarComparisonTest::synced)) {
            return "Refused " + ErrorCode.TRUNCATE_REFUSED;
        }
        List<String> writes = relations(fact(facts, "writes")).toList();
        boolean any = writes.stream().anyMatch(write -> synced(write.substring(write.indexOf(':') + 1)));
        if (!any) {
            return "Relay";
        }
        String target = facts.get("target");
        if (target == null || !synced(target) || writes.size() > 1) {
            return "Refused "
                    + switch (fact(facts, "node")) {
                        case "RuleStmt", "CreateFunctionStmt" -> ErrorCode.STORED_MUTATION_REFUSED;
                        case "CopyStmt" -> ErrorCode.COPY_MUTATION_REFUSED;
                        case "CreateTableAsStmt" -> ErrorCode.STORED_MUTATION_REFUSED;
                        default -> ErrorCode.DATA_MODIFYING_CTE_REFUSED;
                    };
        }
        if (fact(facts, "inner").equals("MergeStmt")) {
            return "Refused " + ErrorCode.MERGE_REFUSED;
        }
        if (fact(facts, "conflict").equals("DO_UPDATE")) {
            return "Refused " + ErrorCode.ON_CONFLICT_DO_UPDATE_REFUSED;
        }
        return switch (fact(facts, "wrapper")) {
            case "EXPLAIN" -> "Explain";
            case "PREPARE" -> "Prepare";
            default -> "Mutation";
        };
    }

    private static @Nullable String compareShape(
            String expected, String actual, String sql, Dml dml, Map<String, String> facts) {
        if (!expected.equals(actual)) {
            return expected + " expected, but " + actual;
        }
        Map<String, String> ours = new TreeMap<>();
        ours.put("inner", nodeName(dml.operation()));
        ours.put(
                "target",
                hex(dml.target().schema() == null ? "" : dml.target().schema()) + "."
                        + hex(dml.target().name()));
        ours.put("only", String.valueOf(dml.only()));
        ours.put("alias", dml.alias() == null ? "-" : hex(dml.alias()));
        ours.put("insertColumns", hex(dml.insertColumns()));
        ours.put("assignedColumns", hex(dml.assignedColumns()));
        ours.put("with", String.valueOf(dml.with() != null));
        ours.put("from", String.valueOf(dml.from() != null));
        ours.put("where", String.valueOf(dml.where() != null));
        ours.put("currentOf", String.valueOf(dml.whereCurrentOf()));
        ours.put("conflict", dml.onConflict().name());
        ours.put("returning", String.valueOf(items(sql, dml.returning())));
        ours.put("oldNew", String.valueOf(dml.returningUsesOldNew()));
        for (Map.Entry<String, String> fact : ours.entrySet()) {
            if (!fact.getValue().equals(facts.get(fact.getKey()))) {
                return "shape: " + fact.getKey();
            }
        }
        return null;
    }

    private static String nodeName(Operation operation) {
        return switch (operation) {
            case INSERT -> "InsertStmt";
            case UPDATE -> "UpdateStmt";
            case DELETE -> "DeleteStmt";
        };
    }

    /** How many items a list has: commas outside of brackets and one. */
    private static int items(String sql, @Nullable Span list) {
        if (list == null) {
            return 0;
        }
        Tokens tokens = Tokens.of(list.of(sql), LexerOptions.DEFAULT);
        int items = 1;
        for (int i = 0; i < tokens.count(); i = tokens.after(i)) {
            items += tokens.is(i, ',') ? 1 : 0;
        }
        return items;
    }

    /** The command of a statement that may be relayed. */
    private static Command command(Map<String, String> facts) {
        return switch (fact(facts, "node")) {
            case "SelectStmt" -> Command.SELECT;
            case "InsertStmt" -> Command.INSERT;
            case "UpdateStmt" -> Command.UPDATE;
            case "DeleteStmt" -> Command.DELETE;
            case "MergeStmt" -> Command.MERGE;
            case "ExplainStmt" -> Command.EXPLAIN;
            case "PrepareStmt" -> Command.PREPARE;
            case "CopyStmt" -> Command.COPY;
            case "TruncateStmt" -> Command.TRUNCATE;
            case "DeclareCursorStmt" -> Command.DECLARE;
            case "FetchStmt" -> Command.FETCH;
            case "ClosePortalStmt" -> Command.CLOSE;
            case "ListenStmt" -> Command.LISTEN;
            case "NotifyStmt" -> Command.NOTIFY;
            case "LockStmt" -> Command.LOCK;
            case "DropStmt" -> Command.DROP;
            case "DoStmt" -> Command.DO;
            case "CallStmt" -> Command.CALL;
            case "DiscardStmt" -> Command.DISCARD_ALL;
            case "VariableShowStmt" -> Command.SHOW;
            case "AlterTableStmt", "RenameStmt" -> Command.ALTER;
            case "TransactionStmt" -> transaction(fact(facts, "transaction"));
            // Not told apart by the facts: the table tests do that.
            case "VariableSetStmt" -> Command.SET;
            default ->
                fact(facts, "node").startsWith("Create")
                                || List.of("RuleStmt", "ViewStmt").contains(fact(facts, "node"))
                        ? Command.CREATE
                        : Command.OTHER;
        };
    }

    private static Command transaction(String kind) {
        return switch (kind) {
            case "TRANS_STMT_BEGIN", "TRANS_STMT_START" -> Command.BEGIN;
            case "TRANS_STMT_PREPARE" -> Command.PREPARE_TRANSACTION;
            default -> Command.valueOf(kind.substring("TRANS_STMT_".length()));
        };
    }

    private static boolean synced(String relation) {
        int dot = relation.indexOf('.');
        return dot >= 0 && TestTable.maybeSynced(unhex(relation.substring(0, dot)), unhex(relation.substring(dot + 1)));
    }

    private static Stream<String> relations(String list) {
        return list.isEmpty() ? Stream.empty() : Arrays.stream(list.split(",", -1));
    }

    private static String fact(Map<String, String> facts, String name) {
        return facts.getOrDefault(name, "");
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String hex(List<String> names) {
        return names.stream().map(name -> hex(name)).collect(Collectors.joining(","));
    }

    private static String unhex(String hex) {
        return new String(HexFormat.of().parseHex(hex), StandardCharsets.UTF_8);
    }

    private void miss(String cause, String sql) {
        misses.computeIfAbsent(cause, unused -> new ArrayList<>()).add(sql);
    }

    private void report(int texts, int statements) {
        System.out.println(statements + " statements in " + texts + " texts, verdicts " + verdicts);
        misses.forEach((cause, examples) -> {
            System.out.println(examples.size() + " x " + cause);
            examples.stream()
                    .sorted(Comparator.comparingInt(String::length))
                    .limit(3)
                    .forEach(text -> System.out.println("    " + text));
        });
    }
}
