package io.penstock.node.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.node.journal.JournalMachine.Move;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JournalMachineTest {
    @ParameterizedTest
    @CsvSource({
        "INTENT,      API_ACCEPTED,       STATEMENT RECOVERY,        ACCEPTED",
        "INTENT,      API_REJECTED,       STATEMENT,                 REJECTED",
        "INTENT,      CERTAINLY_NOT_SENT, STATEMENT,                 NOT_APPLIED",
        "INTENT,      ANSWER_LOST,        STATEMENT,                 IN_DOUBT",
        "INTENT,      FOUND_AT_API,       STATEMENT RECOVERY,        ACCEPTED",
        "INTENT,      ABSENT_AT_API,      RECOVERY,                  NOT_APPLIED",
        "INTENT,      STILL_UNCLEAR,      RECOVERY,                  IN_DOUBT",
        "IN_DOUBT,    API_ACCEPTED,       STATEMENT RECOVERY,        ACCEPTED",
        "IN_DOUBT,    FOUND_AT_API,       STATEMENT RECOVERY PERSON, ACCEPTED",
        "IN_DOUBT,    ABSENT_AT_API,      RECOVERY PERSON,           NOT_APPLIED",
        "IN_DOUBT,    STILL_UNCLEAR,      RECOVERY,                  IN_DOUBT",
        "ACCEPTED,    ROW_STORED,         STATEMENT RECOVERY,        APPLIED",
        "ACCEPTED,    ROW_REFUSED,        STATEMENT RECOVERY,        PARKED",
        "PARKED,      ROW_STORED,         RECOVERY PERSON,           APPLIED",
        "PARKED,      ROW_REFUSED,        RECOVERY,                  PARKED",
        "NOT_APPLIED, API_ACCEPTED,       STATEMENT RECOVERY,        ACCEPTED",
    })
    void everyRowOfTheTable(JournalState from, JournalEvent event, String causes, JournalState to) {
        Set<JournalCause> allowed =
                Arrays.stream(causes.split(" ")).map(JournalCause::valueOf).collect(Collectors.toSet());
        for (JournalCause cause : JournalCause.values()) {
            if (allowed.contains(cause)) {
                assertThat(JournalMachine.next(from, event, cause)).contains(to);
            } else {
                assertThat(JournalMachine.next(from, event, cause)).isEmpty();
            }
        }
    }

    @Test
    void whatIsInNoRowIsRefused() {
        Set<String> rows = new LinkedHashSet<>();
        JournalMachine.moves().forEach(move -> rows.add(move.from() + " " + move.event()));
        assertThat(rows).hasSize(16);
        for (JournalState from : JournalState.values()) {
            for (JournalEvent event : JournalEvent.values()) {
                for (JournalCause cause : JournalCause.values()) {
                    if (!rows.contains(from + " " + event)) {
                        assertThat(JournalMachine.next(from, event, cause)).isEmpty();
                    }
                }
            }
        }
    }

    @Test
    void nothingLeavesWhatRestsOnTheWordOfTheApi() {
        assertThat(JournalMachine.moves())
                .extracting(Move::from)
                .doesNotContain(JournalState.APPLIED, JournalState.REJECTED);
    }

    @Test
    void everyOpenStateHasAWayToAnEndThatRecoveryCanGo() {
        Set<JournalState> ends = EnumSet.of(JournalState.APPLIED, JournalState.NOT_APPLIED, JournalState.REJECTED);
        for (int step = 0; step < JournalState.values().length; step++) {
            JournalMachine.moves().stream()
                    .filter(move -> move.causes().contains(JournalCause.RECOVERY) && ends.contains(move.to()))
                    .map(Move::from)
                    .forEach(ends::add);
        }
        assertThat(ends).containsExactlyInAnyOrder(JournalState.values());
    }

    @Test
    void aHeldAnswerCanBeStoredFromEveryStateButTheFinalOnes() {
        assertThat(JournalMachine.storable())
                .containsExactlyInAnyOrder(
                        JournalState.INTENT,
                        JournalState.IN_DOUBT,
                        JournalState.NOT_APPLIED,
                        JournalState.ACCEPTED,
                        JournalState.PARKED);
    }

    @Test
    void theEndsOfEachEventAndCauseAreOne() {
        // One SQL update moves all of them, so they must all arrive at the same state.
        for (JournalEvent event : JournalEvent.values()) {
            for (JournalCause cause : JournalCause.values()) {
                Set<JournalState> targets = JournalMachine.sources(event, cause).stream()
                        .map(from -> JournalMachine.next(from, event, cause).orElseThrow())
                        .collect(Collectors.toSet());
                assertThat(targets).as("%s by %s", event, cause).hasSizeLessThan(2);
            }
        }
    }
}
