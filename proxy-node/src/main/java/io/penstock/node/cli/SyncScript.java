package io.penstock.node.cli;

import io.penstock.node.SyncTables.Report;
import io.penstock.node.SyncTables.Reports;
import io.penstock.node.install.TableInstaller;
import io.penstock.node.install.TablePlan;
import io.penstock.node.install.TablePlan.Change;
import io.penstock.node.install.TablePlan.Difference;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Writes reports as SQL that psql takes as it stands: everything that is no statement is a comment. The danger is a label or a name of the API that
 * would end such a comment, so no line of one has any control character.
 */
final class SyncScript implements Reports {
    static final int NOTHING = 0;
    static final int FAILED = 1;
    static final int PENDING = 3;
    static final int DIFFERENT = 4;

    private final boolean done;
    private final Consumer<String> output;
    private final Consumer<String> errors;
    private int tables;
    private int changedTables;
    private int changes;
    private int differences;
    private int failures;
    private boolean restart;

    /** @param done whether the changes have been made, and are not only planned */
    SyncScript(boolean done, Consumer<String> output, Consumer<String> errors) {
        this.done = done;
        this.output = output;
        this.errors = errors;
    }

    @Override
    public void add(Report report) {
        switch (report) {
            case Report.Base(String database, List<String> sql) -> {
                if (!sql.isEmpty()) {
                    changes++;
                    remark("database " + database + ": roles and schema penstock" + (done ? ", installed" : ""));
                    statements(wrapped(sql));
                }
            }
            case Report.Table(String database, String name, TablePlan plan) -> table(database, name, plan);
            case Report.Forgotten(String database, String name) ->
                remark(
                        "database " + database + ", " + name
                                + ": note: no longer in the configuration; it is not followed, and its guard refuses every write");
            case Report.Failed(String database, String about, String reason) -> {
                failures++;
                errors.accept("penstock: " + (database.isEmpty() ? "" : "database " + oneLine(database) + ", ")
                        + (about.isEmpty() ? "" : oneLine(about) + ": ") + oneLine(reason));
            }
        }
    }

    private void table(String database, String name, TablePlan plan) {
        tables++;
        String where = "database " + database + ", " + name + ": ";
        for (Difference difference : plan.differences()) {
            remark(where + (difference.matters() ? "drift: " : "note: ") + difference.text());
            differences += difference.matters() ? 1 : 0;
        }
        if (plan.changes().isEmpty()) {
            return;
        }
        changedTables++;
        changes += plan.changes().size();
        restart |= plan.concernsRunningNodes();
        remark(where + count(plan.changes().size(), "change") + (done ? ", made" : ""));
        List<String> frame = TableInstaller.transaction(List.of());
        statements(frame.subList(0, frame.size() - 1));
        for (Change change : plan.changes()) {
            if (!change.remark().isEmpty()) {
                remark(change.remark());
            }
            statements(change.sql());
        }
        statements(List.of(frame.getLast()));
        output.accept("");
    }

    private static List<String> wrapped(List<String> sql) {
        List<String> all = new ArrayList<>(TableInstaller.transaction(List.of()));
        all.addAll(all.size() - 1, sql);
        return all;
    }

    private void statements(List<String> sql) {
        sql.forEach(statement -> output.accept(statement.stripTrailing() + (ends(statement) ? "" : ";")));
    }

    /** A file of statements ends with its own semicolon. */
    private static boolean ends(String statement) {
        return statement.stripTrailing().endsWith(";");
    }

    private void remark(String text) {
        output.accept("-- " + oneLine(text));
    }

    private static String oneLine(String text) {
        return text.replaceAll("[\\p{Cntrl}\\u2028\\u2029]+", " ");
    }

    private static String count(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    /** The last words. @return the command's exit code */
    int end() {
        remark((done ? "apply: " : "plan: ") + count(changes, "change")
                + (changes == 0 ? "" : ", in " + changedTables + " of " + count(tables, "table")) + "; "
                + (differences == 0 ? "no drift" : differences + " of drift for a person to decide")
                + (failures == 0 ? "" : "; " + count(failures, "failure"))
                + (done ? "" : "; nothing was changed"));
        if (restart) {
            remark((done ? "" : "afterwards: ")
                    + "start the nodes that run again, one after the other: a node learns of new columns when it starts,"
                    + " and until then refuses statements that write them (55000)");
        }
        if (failures > 0) {
            return FAILED;
        }
        if (done) {
            return NOTHING;
        }
        return changes > 0 ? PENDING : differences > 0 ? DIFFERENT : NOTHING;
    }
}
