package io.penstock.node.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** In which order, and by whom, the steps of a turn are done. */
class LoopTurnTest {
    private final List<String> done = new ArrayList<>();
    private final List<Runnable> loop = new ArrayList<>();

    private void step(String name) {
        assertThat(LoopTurn.add(() -> done.add(name))).isTrue();
    }

    @Test
    void whereNoTurnIsOpenTheStepIsNotTaken() {
        assertThat(LoopTurn.add(() -> done.add("never"))).isFalse();
        LoopTurn.begin().end(loop::add);
        assertThat(LoopTurn.add(() -> done.add("never"))).isFalse();
        assertThat(done).isEmpty();
        assertThat(loop).isEmpty();
    }

    @Test
    void stepsAreDoneAtTheEndInTheirOrderAndWhatTheyAddBehindThem() {
        LoopTurn turn = LoopTurn.begin();
        step("first");
        LoopTurn.add(() -> {
            done.add("second");
            step("of the second");
        });
        step("third");
        assertThat(done).isEmpty();
        turn.end(loop::add);
        assertThat(done).containsExactly("first", "second", "third", "of the second");
        assertThat(loop).isEmpty();
    }

    @Test
    void aTurnWithinATurnIsPartOfIt() {
        LoopTurn turn = LoopTurn.begin();
        step("outer");
        LoopTurn.add(() -> {
            LoopTurn inner = LoopTurn.begin();
            step("inner");
            inner.end(loop::add);
            done.add("after the inner end");
        });
        turn.end(loop::add);
        assertThat(done).containsExactly("outer", "after the inner end", "inner");
    }

    @Test
    void aLongTurnLeavesTheRestToTheLoop() {
        LoopTurn turn = LoopTurn.begin();
        for (int i = 0; i < LoopTurn.MOST + 2; i++) {
            step("step " + i);
        }
        turn.end(loop::add);
        assertThat(done).hasSize(LoopTurn.MOST);
        assertThat(loop).hasSize(2);
        loop.forEach(Runnable::run);
        assertThat(done).hasSize(LoopTurn.MOST + 2).endsWith("step " + (LoopTurn.MOST + 1));
    }

    /** Else it would end the connection whose turn it is, and nobody would be told why. */
    @Test
    void aStepThatFailsIsNoConcernOfTheOthersNorOfTheChannel() {
        LoopTurn turn = LoopTurn.begin();
        LoopTurn.add(() -> {
            throw new IllegalStateException("failed");
        });
        step("behind");
        turn.end(loop::add);
        assertThat(done).containsExactly("behind");
        assertThat(loop).isEmpty();
        assertThat(LoopTurn.add(() -> {})).isFalse();
    }
}
