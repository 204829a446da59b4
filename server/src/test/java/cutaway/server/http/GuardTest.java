package cutaway.server.http;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import cutaway.server.api.Refusal;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class GuardTest {

    private static final String TOKEN = "0123456789abcdef";

    private static final Guard HOME = new Guard(Set.of("127.0.0.1", "localhost", "[::1]"), Optional.empty());
    private static final Guard ABROAD = new Guard(Set.of("127.0.0.1", "box.local"), Optional.of(TOKEN));

    private static Guard.Asking asking(
            @Nullable String host, @Nullable String origin, @Nullable String site, @Nullable String authorization) {
        return new Guard.Asking(host, origin, site, authorization);
    }

    private static int refused(Guard guard, Guard.Asking asking, boolean open) {
        return assertThrows(Refusal.class, () -> guard.check(asking, open)).status();
    }

    @Test
    void thisMachineMayAskByItsOwnNames() {
        for (String host : new String[] {"127.0.0.1:7979", "localhost:7979", "LOCALHOST", "[::1]:7979"}) {
            assertDoesNotThrow(() -> HOME.check(asking(host, null, null, null), false), host);
            assertDoesNotThrow(() -> HOME.check(asking(host, "http://" + host, "same-origin", null), false), host);
        }
    }

    /// DNS rebinding: the browser believes that evil.example is this machine.
    @Test
    void anotherNameOfThisMachineIsRefused() {
        for (String host : new String[] {
            "evil.example:7979",
            "127.0.0.1.evil.example",
            "localhost.evil.example:7979",
            "127.0.0.1:7979:7979",
            "",
            " localhost"
        }) {
            assertEquals(403, refused(HOME, asking(host, null, null, null), false), host);
            assertEquals(403, refused(HOME, asking(host, null, null, null), true), host);
        }
        assertEquals(403, refused(HOME, asking(null, null, null, null), true));
    }

    @Test
    void aPageOfAnotherSiteIsRefused() {
        String host = "localhost:7979";
        for (String origin :
                new String[] {"http://evil.example", "null", "http://localhost:8080", "https://localhost:7979", ""}) {
            assertEquals(403, refused(HOME, asking(host, origin, null, null), false), origin);
        }
        assertEquals(403, refused(HOME, asking(host, null, "cross-site", null), false));
        assertEquals(403, refused(HOME, asking(host, null, "same-site", null), false));
        // a link from elsewhere may open the page, which holds nothing
        assertDoesNotThrow(() -> HOME.check(asking(host, null, "cross-site", null), true));
    }

    @Test
    void othersNeedTheToken() {
        assertEquals(401, refused(ABROAD, asking("box.local:7979", null, null, null), false));
        assertEquals(401, refused(ABROAD, asking("box.local:7979", null, null, TOKEN), false));
        assertEquals(401, refused(ABROAD, asking("box.local:7979", null, null, "Bearer " + TOKEN + "0"), false));
        assertEquals(401, refused(ABROAD, asking("127.0.0.1:7979", null, null, null), false));
        assertDoesNotThrow(() -> ABROAD.check(asking("box.local:7979", null, null, "Bearer " + TOKEN), false));
        assertDoesNotThrow(() -> ABROAD.check(asking("box.local:7979", null, null, null), true));
    }
}
