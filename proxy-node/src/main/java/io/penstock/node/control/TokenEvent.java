package io.penstock.node.control;

import io.penstock.adapters.TokenAnswer;

/** What happens to a token keeper. */
sealed interface TokenEvent {
    /**
     * Somebody wants the token.
     *
     * @param refused version of the token that the API refused, 0 for none
     */
    record Wanted(long caller, long refused) implements TokenEvent {}

    record Loaded(CredentialStore.Begun begun) implements TokenEvent {}

    /** The store could not be reached, or the keeper's own claim or write was not answered. */
    record StoreFailed() implements TokenEvent {}

    record Claimed() implements TokenEvent {}

    /** There is a newer owner. */
    record Fenced() implements TokenEvent {}

    /** The login server answered, or did not: then it is {@link TokenAnswer.Failed}. */
    record Answered(TokenAnswer answer) implements TokenEvent {}

    record Stored() implements TokenEvent {}

    /** A time asked for by {@link TokenEffect.WakeAt} has come. */
    record Tick() implements TokenEvent {}
}
