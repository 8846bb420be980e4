package io.penstock.protocol.session;

import io.penstock.protocol.frame.Frame;
import io.penstock.protocol.message.FrontendMessage;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** A portal of a statement that the session knows, and what is left of a mutation that ran in it. */
final class Portal {
    private final KnownStatement statement;
    private final FrontendMessage.@Nullable Bind bind;
    private final Queue<Frame> rows = new ArrayDeque<>();
    private @Nullable String tag;
    private boolean givesRows;

    Portal(KnownStatement statement, FrontendMessage.@Nullable Bind bind) {
        this.statement = statement;
        this.bind = bind;
    }

    KnownStatement statement() {
        return statement;
    }

    /** The message that made it, if the statement may be held. */
    FrontendMessage.@Nullable Bind bind() {
        return bind;
    }

    /** The mutation has run. Its rows are handed out by {@link #nextRow}. */
    void ran(String tag, boolean givesRows) {
        this.tag = tag;
        this.givesRows = givesRows;
    }

    void keep(Frame row) {
        rows.add(row);
    }

    @Nullable
    Frame nextRow() {
        return rows.poll();
    }

    boolean hasRun() {
        return tag != null;
    }

    /** Like Postgres, a portal that gives rows may be executed after its end and gives none; another may not. */
    boolean mayRunAgain() {
        return givesRows;
    }

    /** The command tag for a number of rows: Postgres counts those of the last Execute alone, where the portal gives rows. */
    String tag(int rowsGiven) {
        if (tag == null) {
            throw new IllegalStateException("the portal has not run");
        }
        int space = tag.lastIndexOf(' ');
        boolean counts = space > 0 && tag.chars().skip(space + 1L).allMatch(Character::isDigit);
        return givesRows && counts ? tag.substring(0, space + 1) + rowsGiven : tag;
    }

    void release() {
        rows.forEach(Frame::release);
        rows.clear();
    }
}
