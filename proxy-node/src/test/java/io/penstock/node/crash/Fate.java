package io.penstock.node.crash;

import io.penstock.adapters.Operation;

/**
 * What an attempt has come to, when recovery is done, by the API and the journal together. The first row that fits:
 *
 * <pre>
 * rows at the API    requests    journal                       client told    fate
 * more than its own                                                           DOUBLED
 *                    two                                                      DOUBLED, where the API knows no keys
 *                                IN_DOUBT                                     IN_DOUBT, where nothing can be asked
 *                                open                                         LOST: nobody finished it
 * all                            APPLIED                                      APPLIED
 * some                           APPLIED, with a remark                       IN_PART, where each row is a request
 * none                           none, NOT_APPLIED, REJECTED   not done       CERTAINLY_NOT
 * any other                                                                   LOST
 * </pre>
 */
enum Fate {
    APPLIED,
    IN_PART,
    CERTAINLY_NOT,
    IN_DOUBT,
    LOST,
    DOUBLED;

    static Fate of(Attempt attempt, long effects, long requests, Ending ending) {
        CrashApi.Trait trait = attempt.api().trait();
        boolean keys = trait == CrashApi.Trait.KEYS;
        if (effects > attempt.rows() || (requests > 1 && !keys)) {
            return DOUBLED;
        }
        if (ending.open()) {
            boolean nothingToAsk = trait == CrashApi.Trait.NOTHING && attempt.operation() == Operation.INSERT;
            return nothingToAsk && ending.state().equals("IN_DOUBT") ? IN_DOUBT : LOST;
        }
        if (ending.applied() && effects == attempt.rows()) {
            return APPLIED;
        }
        if (ending.applied() && effects > 0 && keys && !ending.remark().isEmpty()) {
            return IN_PART;
        }
        return !ending.applied() && effects == 0 && !attempt.acknowledged() ? CERTAINLY_NOT : LOST;
    }
}
