package io.penstock.node.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.adapters.TokenAnswer;
import io.penstock.config.Secret;
import io.penstock.node.control.StoredCredential.Revocation;
import io.penstock.node.control.TokenEvent.Answered;
import io.penstock.node.control.TokenEvent.Claimed;
import io.penstock.node.control.TokenEvent.Fenced;
import io.penstock.node.control.TokenEvent.Loaded;
import io.penstock.node.control.TokenEvent.StoreFailed;
import io.penstock.node.control.TokenEvent.Stored;
import io.penstock.node.control.TokenEvent.Tick;
import io.penstock.node.control.TokenEvent.Wanted;
import io.penstock.node.control.TokenState.Phase;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** One test for each row of the table in {@link TokenState}. */
class TokenStateTest {
    private static final Secret REFRESH = Secret.of("refresh-0");
    private final TokenState state = new TokenState(Duration.ofMillis(100));
    private long now = 1_000_000;

    @Test
    void loadingKeepsThemWaiting() {
        assertThat(state.start()).containsExactly(new TokenEffect.Load());
        assertThat(on(new Wanted(1, 0))).isEmpty();
        assertPhase(Phase.LOADING);
    }

    @Test
    void aRevokedCredentialIsSaidToAll() {
        on(new Wanted(1, 0));
        Revocation why = new Revocation("invalid_grant", "gone");

        assertThat(on(loaded(new StoredCredential(3, null, REFRESH, null, null, why))))
                .containsExactly(new TokenEffect.RefuseRevoked(1, why));
        assertPhase(Phase.REVOKED);
        assertThat(on(new Wanted(2, 0))).containsExactly(new TokenEffect.RefuseRevoked(2, why));
    }

    @Test
    void anOlderOwnersClaimIsWaitedForAndThenItsTokenIsLoaded() {
        on(new Wanted(1, 0));

        assertThat(on(new Loaded(new CredentialStore.Begun(2, with(1, "a"), Duration.ofSeconds(5)))))
                .containsExactly(new TokenEffect.WakeAt(now + 5_000));
        assertPhase(Phase.CLAIMED);
        assertThat(on(new Tick())).containsExactly(new TokenEffect.WakeAt(now + 5_000));
        now += 5_000;
        assertThat(on(new Tick())).containsExactly(new TokenEffect.Load());
        assertThat(on(loaded(with(2, "b")))).containsExactly(hand(1, 2, "b", null));
    }

    @Test
    void aStoredTokenIsHandedOut() {
        on(new Wanted(1, 0));
        assertThat(on(loaded(with(4, "a")))).containsExactly(hand(1, 4, "a", null));
        assertPhase(Phase.READY);
        assertThat(on(new Wanted(2, 3))).containsExactly(hand(2, 4, "a", null));
    }

    @Test
    void aStoreThatIsAwayIsTriedAgainAfterAPause() {
        on(new Wanted(1, 0));
        assertThat(on(new StoreFailed()))
                .containsExactly(new TokenEffect.RefuseUnavailable(1, "the credential cannot be read", 1_000));
        assertPhase(Phase.UNLOADED);
        assertThat(on(new Wanted(2, 0)))
                .containsExactly(new TokenEffect.RefuseUnavailable(2, "the credential cannot be read", 1_000));
        now += 1_000;
        assertThat(on(new Wanted(3, 0))).containsExactly(new TokenEffect.Load());
        assertThat(on(loaded(with(1, "a")))).containsExactly(hand(3, 1, "a", null));
    }

    @Test
    void aRefusedTokenIsRefreshedOnceStoredAndThenHandedToAll() {
        on(loaded(with(1, "a")));

        assertThat(on(new Wanted(1, 1))).containsExactly(new TokenEffect.Claim(1));
        assertPhase(Phase.CLAIMING);
        assertThat(on(new Wanted(2, 1))).isEmpty();
        assertThat(on(new Claimed())).containsExactly(new TokenEffect.Refresh(REFRESH));
        assertPhase(Phase.REFRESHING);
        assertThat(on(new Wanted(3, 0))).isEmpty();
        StoredCredential second = new StoredCredential(
                2, Secret.of("b"), Secret.of("refresh-1"), "https://x", Duration.ofSeconds(60), null);
        assertThat(on(granted("b", "refresh-1"))).containsExactly(new TokenEffect.Store(1, second));
        assertPhase(Phase.STORING);
        assertThat(on(new Wanted(4, 0))).isEmpty();
        Token token = new Token(2, Secret.of("b"), "https://x", now + 60_000);
        assertThat(on(new Stored()))
                .containsExactly(
                        new TokenEffect.Hand(1, token),
                        new TokenEffect.Hand(2, token),
                        new TokenEffect.Hand(3, token),
                        new TokenEffect.Hand(4, token));
        assertPhase(Phase.READY);
        assertThat(on(new Wanted(5, 1))).containsExactly(new TokenEffect.Hand(5, token));
    }

    @Test
    void aTokenThatIsAboutToEndIsRefreshedByTheClock() {
        refresh(1, "b");
        now += 59_899;
        assertThat(on(new Wanted(1, 0))).hasOnlyElementsOfType(TokenEffect.Hand.class);
        now += 1;
        assertThat(on(new Wanted(2, 0))).containsExactly(new TokenEffect.Claim(1));
    }

    @Test
    void aMissingTokenIsGot() {
        on(loaded(new StoredCredential(0, null, REFRESH, null, null, null)));
        assertThat(on(new Wanted(1, 0))).containsExactly(new TokenEffect.Claim(1));
    }

    @Test
    void aTokenRefusedSoonAfterItsRefreshWaitsLongerEachTime() {
        refresh(1, "b");
        now += 100;
        assertThat(on(new Wanted(1, 2))).containsExactly(new TokenEffect.WakeAt(now + 900));
        assertPhase(Phase.READY);
        now += 900;
        assertThat(on(new Tick())).containsExactly(new TokenEffect.Claim(1));
        on(new Claimed());
        on(granted("c", null));
        on(new Stored());
        now += 100;
        assertThat(on(new Wanted(2, 3))).containsExactly(new TokenEffect.WakeAt(now + 1_900));
    }

    @Test
    void withoutARefreshTokenTheEndIsTheEnd() {
        on(loaded(new StoredCredential(1, Secret.of("fixed"), null, null, null, null)));
        assertThat(on(new Wanted(1, 0))).containsExactly(hand(1, 1, "fixed", null));

        assertThat(on(new Wanted(2, 1))).hasSize(1).hasOnlyElementsOfType(TokenEffect.RefuseRevoked.class);
        assertPhase(Phase.REVOKED);
    }

    @Test
    void aClaimThatCannotBeWrittenIsRefusedAndPaused() {
        on(loaded(with(1, "a")));
        on(new Wanted(1, 1));
        assertThat(on(new StoreFailed()))
                .containsExactly(new TokenEffect.RefuseUnavailable(1, "the credential cannot be kept", 1_000));
        assertPhase(Phase.READY);
        assertThat(on(new Wanted(2, 1))).hasOnlyElementsOfType(TokenEffect.RefuseUnavailable.class);
        assertThat(on(new Wanted(3, 0))).hasOnlyElementsOfType(TokenEffect.Hand.class);
    }

    @Test
    void aRevokedGrantIsStoredAndNotTriedAgain() {
        on(loaded(with(1, "a")));
        on(new Wanted(1, 1));
        on(new Claimed());
        Revocation why = new Revocation("invalid_grant", "expired");
        assertThat(on(new Answered(new TokenAnswer.Revoked("invalid_grant", "expired"))))
                .containsExactly(
                        new TokenEffect.Store(1, new StoredCredential(1, null, REFRESH, null, null, why)),
                        new TokenEffect.RefuseRevoked(1, why));
        assertPhase(Phase.REVOKED);
        assertThat(on(new Stored())).isEmpty();
        assertThat(on(new Wanted(2, 0))).containsExactly(new TokenEffect.RefuseRevoked(2, why));
    }

    @Test
    void aLoginServerThatFailsIsPausedFromLongerEachTime() {
        on(loaded(with(1, "a")));
        on(new Wanted(1, 1));
        on(new Claimed());
        assertThat(on(new Answered(new TokenAnswer.Failed("no"))))
                .containsExactly(new TokenEffect.RefuseUnavailable(1, "no", 1_000));
        assertPhase(Phase.READY);
        assertThat(on(new Wanted(2, 1)))
                .containsExactly(new TokenEffect.RefuseUnavailable(2, "the login server did not answer", 1_000));
        now += 1_000;
        assertThat(on(new Wanted(3, 1))).containsExactly(new TokenEffect.Claim(1));
        on(new Claimed());
        assertThat(on(new Answered(new TokenAnswer.Failed("no"))))
                .containsExactly(new TokenEffect.RefuseUnavailable(3, "no", 2_000));
    }

    @Test
    void whatCannotBeStoredIsNotHandedOutAndStoredAgain() {
        on(loaded(with(1, "a")));
        on(new Wanted(1, 1));
        on(new Claimed());
        List<TokenEffect> store = on(granted("b", "refresh-1"));
        assertThat(on(new StoreFailed()))
                .containsExactly(
                        new TokenEffect.RefuseUnavailable(1, "the refreshed credential cannot be kept", 1_000),
                        new TokenEffect.WakeAt(now + 1_000));
        assertPhase(Phase.STORING);
        assertThat(on(new Wanted(2, 0))).isEmpty();
        now += 1_000;
        assertThat(on(new Tick())).isEqualTo(store);
        assertThat(on(new Stored())).hasSize(1).hasOnlyElementsOfType(TokenEffect.Hand.class);
    }

    @Test
    void anOldOwnerStops() {
        on(loaded(with(1, "a")));
        on(new Wanted(1, 1));
        assertThat(on(new Fenced()))
                .containsExactly(
                        new TokenEffect.RefuseUnavailable(1, "the token keeper has moved", 0), new TokenEffect.Stop());
        assertPhase(Phase.FENCED);
        assertThat(on(new Wanted(2, 0))).hasOnlyElementsOfType(TokenEffect.RefuseUnavailable.class);
    }

    @Test
    void lateAnswersChangeNothing() {
        on(loaded(with(1, "a")));
        assertThat(on(new Claimed())).isEmpty();
        assertThat(on(granted("z", null))).isEmpty();
        assertThat(on(new Stored())).isEmpty();
        assertThat(on(new StoreFailed())).isEmpty();
        assertThat(on(new Wanted(1, 0))).containsExactly(hand(1, 1, "a", null));
    }

    private void refresh(long version, String access) {
        on(loaded(with(version, "a")));
        on(new Wanted(99, version));
        on(new Claimed());
        on(granted(access, null));
        on(new Stored());
    }

    private static TokenEffect hand(long caller, long version, String access, @Nullable Long expiresAt) {
        return new TokenEffect.Hand(caller, new Token(version, Secret.of(access), null, expiresAt));
    }

    private static StoredCredential with(long version, String access) {
        return new StoredCredential(version, Secret.of(access), REFRESH, null, null, null);
    }

    private static TokenEvent loaded(StoredCredential credential) {
        return new Loaded(new CredentialStore.Begun(1, credential, null));
    }

    private static TokenEvent granted(String access, @Nullable String refresh) {
        return new Answered(new TokenAnswer.Granted(access, refresh, "https://x", Duration.ofSeconds(60)));
    }

    private void assertPhase(Phase phase) {
        assertThat(state.phase()).isEqualTo(phase);
    }

    private List<TokenEffect> on(TokenEvent event) {
        return state.on(event, now);
    }
}
