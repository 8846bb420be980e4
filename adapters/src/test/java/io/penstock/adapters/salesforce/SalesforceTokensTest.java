package io.penstock.adapters.salesforce;

import static io.penstock.adapters.salesforce.Contacts.ADAPTER;
import static io.penstock.adapters.salesforce.Contacts.answer;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.adapters.AuthDescriptor;
import io.penstock.adapters.Grant;
import io.penstock.adapters.TokenAnswer;
import io.penstock.adapters.TokenRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Refreshing an access token. */
class SalesforceTokensTest {
    @Test
    void refreshIsAForm() {
        TokenRequest request = ADAPTER.refresh(new Grant("client", "s&cret", "5Aep=token"));
        assertThat(request.body().contentType()).isEqualTo("application/x-www-form-urlencoded");
        assertThat(request.body().text())
                .isEqualTo(
                        "grant_type=refresh_token&refresh_token=5Aep%3Dtoken&client_id=client&client_secret=s%26cret");
        assertThat(ADAPTER.refresh(new Grant("client", null, "r")).body().text())
                .isEqualTo("grant_type=refresh_token&refresh_token=r&client_id=client");
    }

    @Test
    void answerSaysWhereTheAccountLives() {
        assertThat(
                        ADAPTER.parseToken(
                                answer(
                                        200,
                                        "{'access_token':'00D!x','instance_url':'https://acme.my.salesforce.com/','issued_at':'1767323045000','token_type':'Bearer'}")))
                .isEqualTo(new TokenAnswer.Granted("00D!x", null, "https://acme.my.salesforce.com", null));
    }

    @Test
    void rotatedRefreshTokenIsHandedOn() {
        assertThat(ADAPTER.parseToken(answer(200, "{'access_token':'a','refresh_token':'new'}")))
                .isEqualTo(new TokenAnswer.Granted("a", "new", null, null));
        assertThat(((AuthDescriptor.OAuthRefresh) ADAPTER.auth()).rotating()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://x", "https://user@evil.test", "/relative", "https://", "::", "https:opaque"})
    void addressThatIsNoneIsIgnored(String url) {
        assertThat(ADAPTER.parseToken(answer(200, "{'access_token':'a','instance_url':'" + url + "'}")))
                .isEqualTo(new TokenAnswer.Granted("a", null, null, null));
    }

    @ParameterizedTest
    @CsvSource({
        "400,invalid_grant,Revoked",
        "400,invalid_client_id,Revoked",
        "401,invalid_client,Revoked",
        "400,inactive_user,Revoked",
        "400,unsupported_grant_type,Failed",
        "400,rate_limit_exceeded,Failed",
        "429,rate_limit_exceeded,Failed",
        "500,invalid_grant,Failed",
        "503,,Failed"
    })
    void onlyWhatAPersonMustMendIsRevoked(int status, String error, String expected) {
        TokenAnswer answer = ADAPTER.parseToken(
                answer(status, error == null ? "<html>" : "{'error':'" + error + "','error_description':'why'}"));
        assertThat(answer.getClass().getSimpleName()).isEqualTo(expected);
        if (answer instanceof TokenAnswer.Revoked revoked) {
            assertThat(revoked).isEqualTo(new TokenAnswer.Revoked(error, "why"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "[]", "null", "{'access_token':''}", "{'access_token':7}", "{'access_token':'a'"})
    void successWithoutATokenIsNone(String body) {
        assertThat(ADAPTER.parseToken(answer(200, body))).isInstanceOf(TokenAnswer.Failed.class);
    }

    @Test
    void secretsStayOutOfTexts() {
        Grant grant = new Grant("client", "secret", "refresh");
        assertThat(grant + " " + ADAPTER.refresh(grant) + " "
                        + ADAPTER.refresh(grant).body() + " "
                        + new TokenAnswer.Granted("access", "rotated", null, null))
                .doesNotContain("client", "secret", "=refresh", "access", "rotated");
        assertThat(ADAPTER.authorization("x")).containsEntry("Authorization", "Bearer x");
    }
}
