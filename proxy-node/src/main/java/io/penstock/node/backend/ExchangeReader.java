package io.penstock.node.backend;

import io.penstock.node.backend.ExchangeResult.Row;
import io.penstock.node.backend.ExchangeResult.StatementResult;
import io.penstock.protocol.error.PgError;
import io.penstock.protocol.message.BackendMessage;
import io.penstock.protocol.message.BackendMessage.Column;
import io.penstock.protocol.message.TransactionStatus;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects the messages of one exchange: a statement's result ends with its command tag, or where the next one begins. */
final class ExchangeReader {
    private final List<StatementResult> results = new ArrayList<>();
    private final List<PgError> notices = new ArrayList<>();
    private @Nullable PgError error;
    private TransactionStatus status = TransactionStatus.IDLE;

    private @Nullable List<Integer> parameterTypes;
    private @Nullable List<Column> columns;
    private List<Row> rows = new ArrayList<>();
    /** Something of a statement has come, but not yet its end. */
    private boolean begun;

    void on(BackendMessage message) {
        switch (message) {
            case BackendMessage.ParseComplete _ -> endDescribed();
            case BackendMessage.ParameterDescription description -> {
                endDescribed();
                begun = true;
                parameterTypes = Arrays.stream(description.types()).boxed().toList();
            }
            case BackendMessage.RowDescription description -> {
                begun = true;
                columns = description.columns();
            }
            case BackendMessage.NoData _ -> begun = true;
            case BackendMessage.DataRow row -> {
                begun = true;
                rows.add(new Row(row.values()));
            }
            case BackendMessage.CommandComplete complete -> end(complete.tag(), false);
            case BackendMessage.EmptyQueryResponse _ -> end("", false);
            case BackendMessage.PortalSuspended _ -> end(null, true);
            case BackendMessage.ErrorResponse failed -> {
                if (error == null) {
                    error = failed.error();
                }
            }
            case BackendMessage.NoticeResponse notice -> notices.add(notice.notice());
            case BackendMessage.ReadyForQuery ready -> {
                endDescribed();
                status = ready.status();
            }
            case BackendMessage.BindComplete _,
                    BackendMessage.CloseComplete _,
                    BackendMessage.ParameterStatus _,
                    BackendMessage.NotificationResponse _,
                    BackendMessage.CopyData _,
                    BackendMessage.CopyDone _,
                    BackendMessage.CopyInResponse _,
                    BackendMessage.CopyOutResponse _,
                    BackendMessage.CopyBothResponse _,
                    BackendMessage.FunctionCallResponse _,
                    BackendMessage.BackendKeyData _,
                    BackendMessage.NegotiateProtocolVersion _,
                    BackendMessage.Authentication _ -> {
                // nothing of a result
            }
        }
    }

    ExchangeResult result() {
        return new ExchangeResult(results, notices, error, status);
    }

    private void endDescribed() {
        if (begun) {
            end(null, false);
        }
    }

    private void end(@Nullable String tag, boolean suspended) {
        results.add(new StatementResult(parameterTypes, columns, rows, tag, suspended));
        parameterTypes = null;
        columns = null;
        rows = new ArrayList<>();
        begun = false;
    }
}
