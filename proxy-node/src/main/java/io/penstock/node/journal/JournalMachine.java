package io.penstock.node.journal;

import static io.penstock.node.journal.JournalCause.PERSON;
import static io.penstock.node.journal.JournalCause.RECOVERY;
import static io.penstock.node.journal.JournalCause.STATEMENT;
import static io.penstock.node.journal.JournalState.ACCEPTED;
import static io.penstock.node.journal.JournalState.APPLIED;
import static io.penstock.node.journal.JournalState.INTENT;
import static io.penstock.node.journal.JournalState.IN_DOUBT;
import static io.penstock.node.journal.JournalState.NOT_APPLIED;
import static io.penstock.node.journal.JournalState.PARKED;
import static io.penstock.node.journal.JournalState.REJECTED;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The states of a mutation and the only moves between them. Everything that changes a state, in Java or in SQL, asks here.
 *
 * <pre>
 * from         event               who may bring it             to           what recovery does with an entry it finds in "from"
 * INTENT       API_ACCEPTED        statement, recovery          ACCEPTED     may have been sent: a held answer is stored, else the API is asked
 * INTENT       API_REJECTED        statement                    REJECTED
 * INTENT       CERTAINLY_NOT_SENT  statement                    NOT_APPLIED
 * INTENT       ANSWER_LOST         statement                    IN_DOUBT
 * INTENT       FOUND_AT_API        statement, recovery          ACCEPTED
 * INTENT       ABSENT_AT_API       recovery                     NOT_APPLIED
 * INTENT       STILL_UNCLEAR       recovery                     IN_DOUBT
 * IN_DOUBT     API_ACCEPTED        statement, recovery          ACCEPTED     the API is asked, again and again, ever more slowly
 * IN_DOUBT     FOUND_AT_API        statement, recovery, person  ACCEPTED
 * IN_DOUBT     ABSENT_AT_API       recovery, person             NOT_APPLIED
 * IN_DOUBT     STILL_UNCLEAR       recovery                     IN_DOUBT
 * ACCEPTED     ROW_STORED          statement, recovery          APPLIED      the answer is stored
 * ACCEPTED     ROW_REFUSED         statement, recovery          PARKED
 * PARKED       ROW_STORED          recovery, person             APPLIED      the answer is tried again, slowly: a person has to make room
 * PARKED       ROW_REFUSED         recovery                     PARKED
 * NOT_APPLIED  API_ACCEPTED        statement, recovery          ACCEPTED     nothing: it is not looked for any more
 * REJECTED     -                                                             nothing
 * APPLIED      -                                                             nothing
 * </pre>
 *
 * <p>The last move is the rare one: a node that slept through its deadline, was given up, woke and sent its request after all. The API's own
 * word outweighs what was concluded without it. REJECTED and APPLIED rest on the API's word already and are final.
 *
 * <p>ACCEPTED is usually held by a node's {@link AnswerFile} alone, and the table steps from what it was to APPLIED in the transaction that stores
 * the row: {@link #storable()} names those states.
 */
public final class JournalMachine {
    /** One row of the table. */
    public record Move(JournalState from, JournalEvent event, Set<JournalCause> causes, JournalState to) {
        private static Move of(JournalState from, JournalEvent event, JournalState to, JournalCause... causes) {
            return new Move(from, event, Set.copyOf(Arrays.asList(causes)), to);
        }
    }

    private static final List<Move> MOVES = List.of(
            Move.of(INTENT, JournalEvent.API_ACCEPTED, ACCEPTED, STATEMENT, RECOVERY),
            Move.of(INTENT, JournalEvent.API_REJECTED, REJECTED, STATEMENT),
            Move.of(INTENT, JournalEvent.CERTAINLY_NOT_SENT, NOT_APPLIED, STATEMENT),
            Move.of(INTENT, JournalEvent.ANSWER_LOST, IN_DOUBT, STATEMENT),
            Move.of(INTENT, JournalEvent.FOUND_AT_API, ACCEPTED, STATEMENT, RECOVERY),
            Move.of(INTENT, JournalEvent.ABSENT_AT_API, NOT_APPLIED, RECOVERY),
            Move.of(INTENT, JournalEvent.STILL_UNCLEAR, IN_DOUBT, RECOVERY),
            Move.of(IN_DOUBT, JournalEvent.API_ACCEPTED, ACCEPTED, STATEMENT, RECOVERY),
            Move.of(IN_DOUBT, JournalEvent.FOUND_AT_API, ACCEPTED, STATEMENT, RECOVERY, PERSON),
            Move.of(IN_DOUBT, JournalEvent.ABSENT_AT_API, NOT_APPLIED, RECOVERY, PERSON),
            Move.of(IN_DOUBT, JournalEvent.STILL_UNCLEAR, IN_DOUBT, RECOVERY),
            Move.of(ACCEPTED, JournalEvent.ROW_STORED, APPLIED, STATEMENT, RECOVERY),
            Move.of(ACCEPTED, JournalEvent.ROW_REFUSED, PARKED, STATEMENT, RECOVERY),
            Move.of(PARKED, JournalEvent.ROW_STORED, APPLIED, RECOVERY, PERSON),
            Move.of(PARKED, JournalEvent.ROW_REFUSED, PARKED, RECOVERY),
            Move.of(NOT_APPLIED, JournalEvent.API_ACCEPTED, ACCEPTED, STATEMENT, RECOVERY));

    private JournalMachine() {}

    /** The table, in the order of the Javadoc. */
    public static List<Move> moves() {
        return MOVES;
    }

    /** The state after {@code event}, or empty where the move is not in the table: nothing may be changed then. */
    public static Optional<JournalState> next(JournalState from, JournalEvent event, JournalCause cause) {
        return MOVES.stream()
                .filter(move -> move.from() == from
                        && move.event() == event
                        && move.causes().contains(cause))
                .map(Move::to)
                .findFirst();
    }

    /** The states that {@code event} may leave: the condition of the SQL update that makes the move. */
    public static Set<JournalState> sources(JournalEvent event, JournalCause cause) {
        EnumSet<JournalState> sources = EnumSet.noneOf(JournalState.class);
        MOVES.stream()
                .filter(move -> move.event() == event && move.causes().contains(cause))
                .forEach(move -> sources.add(move.from()));
        return sources;
    }

    /** The states from which an entry whose answer is held may become APPLIED at once: those that accept it, and those that have. */
    public static Set<JournalState> storable() {
        EnumSet<JournalState> states = EnumSet.noneOf(JournalState.class);
        states.addAll(sources(JournalEvent.API_ACCEPTED, RECOVERY));
        states.addAll(sources(JournalEvent.ROW_STORED, RECOVERY));
        return states;
    }
}
