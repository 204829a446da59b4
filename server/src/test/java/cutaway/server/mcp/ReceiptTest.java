package cutaway.server.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.server.api.Json;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class ReceiptTest {

    private static final Receipt.Sent SENT = new Receipt.Sent("job", object(), "POST /api/jobs/explain", "{}");

    private static ObjectNode object() {
        return Json.MAPPER.createObjectNode();
    }

    private static String command(Address to) {
        return Receipt.of("1.2.3", to, SENT, object()).command();
    }

    @Test
    void aCommandAsksWhereTheServerListens() {
        assertEquals(
                "curl -s -X POST 'http://127.0.0.1:7391/api/jobs/explain' -H 'Content-Type: application/json' -d '{}'",
                command(Address.of("127.0.0.1", 7391, false)));
        assertTrue(command(Address.of("::1", 80, false)).contains("'http://[::1]:80/api/jobs/explain'"));
        assertTrue(command(Address.of("0.0.0.0", 80, false)).contains("'http://127.0.0.1:80/api/jobs/explain'"));
    }

    @Test
    void aCommandCarriesATokenWhereOneIsNeededWithoutTellingIt() {
        String command = command(Address.of("127.0.0.1", 7391, true));
        assertTrue(command.contains(" -H \"Authorization: Bearer $TOKEN\" "), command);
    }

    @Test
    void aCommandSaysThatNoServerMayBeThere() {
        assertTrue(command(Address.USUAL).endsWith(" # while cutaway serve listens there"));
    }

    @Test
    void aResultThatNamesItsCommandIsHadAgainByThat() {
        ObjectNode result = object();
        result.putObject("repeat").put("command", "./cutaway explain x");
        assertEquals(
                "./cutaway explain x",
                Receipt.of("1.2.3", Address.USUAL, SENT, result).command());
    }
}
