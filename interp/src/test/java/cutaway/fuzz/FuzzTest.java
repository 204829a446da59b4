package cutaway.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Files that strangers damaged: each is opened, or refused in one sentence; none brings the program down.
///
/// Each reader works in a JVM of its own with 256 MB of heap, watched for its memory and its time. `scripts/fuzz` runs
/// the same with more files.
class FuzzTest {

    private static final int FILES = Integer.getInteger("fuzz.files", 200);
    private static final long SEED = Long.getLong("fuzz.seed", 4);
    private static final String TABLE = System.getProperty("fuzz.table", "");

    /// After so many ends of its JVM a reader is not tried further.
    private static final int MOST_ENDS = 20;

    @TempDir
    private Path folder;

    private int opened;
    private int refused;
    private int structural;
    private int files;
    private long worst;
    private long rest;
    private long peak;
    private final List<String> findings = new ArrayList<>();

    @ParameterizedTest
    @EnumSource(Reader.class)
    void damagedFilesAreOpenedOrRefusedInOneSentence(Reader reader) throws Exception {
        Path kept = Files.createDirectories(Path.of("target/fuzz").toAbsolutePath());
        int next = 0;
        for (int ends = 0; next < FILES && ends < MOST_ENDS; ends++) {
            Path work = Files.createDirectories(folder.resolve(reader + "-" + ends));
            next = child(reader, next, work, kept);
        }
        if (!TABLE.isEmpty()) {
            String line = String.format(
                    Locale.ROOT,
                    "| %s | %,d | %,d | %,d | %d | %.1f %% | %.2f s | %d MB (%d at rest) |%n",
                    reader.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                    files,
                    opened,
                    refused,
                    findings.size(),
                    100.0 * structural / files,
                    worst / 1000.0,
                    peak,
                    rest);
            Files.writeString(Path.of(TABLE), line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
        assertEquals(
                List.of(),
                findings.subList(0, Math.min(findings.size(), 40)),
                "seed " + SEED + ", " + reader + ", files are kept under " + kept);
        assertEquals(FILES, files);
        assertTrue(structural >= 0.8 * files, structural + " of " + files + " files were damaged where it hurts");
    }

    /// @return the number of the file after the last that was tried
    private int child(Reader reader, int first, Path work, Path kept) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:-CreateCoredumpOnCrash",
                        "-XX:ErrorFile=" + kept.resolve(reader + "-crash.log"),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        FuzzChild.class.getName(),
                        reader.name(),
                        Long.toString(SEED),
                        Integer.toString(first),
                        Integer.toString(FILES),
                        work.toString(),
                        kept.toString())
                .redirectErrorStream(true);
        builder.environment().putAll(Map.of("OMP_NUM_THREADS", "1", "OPENBLAS_NUM_THREADS", "1"));
        Process process = builder.start();
        String at = "";
        List<String> others = new ArrayList<>();
        try (var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("at ")) {
                    at = line.substring(3);
                } else if (line.startsWith("finding ")) {
                    findings.add(line.substring("finding ".length()));
                } else if (line.startsWith("done ")) {
                    done(line.split(" "));
                    files += FILES - first;
                    process.waitFor();
                    return FILES;
                } else {
                    others.add(line);
                }
            }
        }
        int code = process.waitFor();
        copy(work, kept.resolve(reader + "-" + at.replaceAll("\\W+", "-"))); // with the file that it was at
        findings.add(at + ": the JVM ended with code " + code + ", saying "
                + others.subList(Math.max(0, others.size() - 30), others.size()));
        int next = at.isEmpty() ? FILES : Integer.parseInt(at.split(" ")[0]) + 1;
        files += next - first;
        return next;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> paths = Files.walk(from)) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                Path copy = to.resolve(from.relativize(path));
                Files.createDirectories(copy.getParent());
                Files.copy(path, copy, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private void done(String[] words) {
        opened += Integer.parseInt(words[1]);
        refused += Integer.parseInt(words[2]);
        structural += Integer.parseInt(words[4]);
        worst = Math.max(worst, Long.parseLong(words[5]));
        rest = Long.parseLong(words[6]);
        peak = Math.max(peak, Long.parseLong(words[7]));
    }
}
