package cutaway.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Threads that wait must sleep, whatever the user's environment says: spinning makes a forward pass ten times slower.
class HostileEnvironmentTest {

    private static final Map<String, String> HOSTILE = Map.of(
            "OMP_WAIT_POLICY", "ACTIVE",
            "GOMP_SPINCOUNT", "infinite",
            "KMP_BLOCKTIME", "infinite",
            "OPENBLAS_NUM_THREADS", "8",
            "OPENBLAS_THREAD_TIMEOUT", "30");

    @Test
    void waitingThreadsSleepThoughTheEnvironmentSaysSpin() throws Exception {
        Map<String, String> said = run(HOSTILE);
        assertEquals("PASSIVE", said.get("OMP_WAIT_POLICY"));
        assertEquals("0", said.get("GOMP_SPINCOUNT"));
        assertEquals("0", said.get("KMP_BLOCKTIME"));
        assertEquals("22", said.get("OPENBLAS_THREAD_TIMEOUT"));
        assertEquals("AUTO", said.get("MKL_CBWR"));
        assertEquals("8", said.get("OPENBLAS_NUM_THREADS"), "how many threads is the user's choice");
        assertQuiet(said);
    }

    @Test
    void waitingThreadsSleepInACleanEnvironment() throws Exception {
        assertQuiet(run(Map.of()));
    }

    /// One spinning thread would use 300 ms and more; a JVM at rest, its compilers included, uses a few.
    private static void assertQuiet(Map<String, String> said) {
        long cpu = Long.parseLong(said.get("idle-cpu-ms"));
        assertTrue(cpu < 60, "300 ms of rest cost " + cpu + " ms of processor time");
    }

    /// Each is the first to touch LibTorch in its JVM, and each must say the same sentence every time.
    @ParameterizedTest
    @ValueSource(strings = {"of", "full", "random", "range"})
    void withoutNativesOneSentenceSaysSoEveryTime(String first) throws Exception {
        ProcessBuilder builder =
                ChildJvm.builder(entry -> !entry.endsWith("-linux-x86_64.jar"), WithoutNatives.class, first);
        Map<String, String> said = lines(ChildJvm.output(builder));
        for (int time = 1; time <= 3; time++) {
            String message = said.get("time-" + time);
            assertTrue(message.startsWith("BadInputException: no LibTorch for "), message);
            assertTrue(message.contains("build Cutaway on this machine"), message);
        }
    }

    private static Map<String, String> run(Map<String, String> environment) throws IOException, InterruptedException {
        ProcessBuilder builder = ChildJvm.builder(entry -> true, RestAfterWork.class);
        builder.environment().keySet().removeIf(name -> name.matches("(OMP|GOMP|KMP|OPENBLAS|MKL)_.*"));
        builder.environment().putAll(environment);
        return lines(ChildJvm.output(builder));
    }

    private static Map<String, String> lines(String output) {
        Map<String, String> said = new LinkedHashMap<>();
        output.lines()
                .map(line -> line.split("=", 2))
                .filter(pair -> pair.length == 2)
                .forEach(pair -> said.put(pair[0], pair[1]));
        return said;
    }
}
