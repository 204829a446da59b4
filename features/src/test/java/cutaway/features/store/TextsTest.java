package cutaway.features.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.table.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The documents that files hold.
class TextsTest {

    private record Row(int id, @Nullable String body) {}

    @TempDir
    private Path folder;

    private static List<String> documents(Texts texts) {
        List<String> documents = new ArrayList<>();
        try (Texts.Reader reader = texts.open()) {
            for (Texts.Part part = reader.next(); part != null; part = reader.next()) {
                if (part.begins()) {
                    documents.add(part.text());
                } else {
                    documents.set(documents.size() - 1, documents.getLast() + part.text());
                }
            }
        }
        return documents;
    }

    private String refused(String field, Path... places) {
        return HarvestTest.refused(() -> documents(Texts.of(List.of(places), field)));
    }

    @Test
    void aFileALineAndARowAreDocuments() throws IOException {
        Files.createDirectories(folder.resolve("b"));
        Files.createDirectories(folder.resolve(".git"));
        Files.writeString(folder.resolve("a.txt"), "one\ntwo\n");
        Files.writeString(
                folder.resolve("b/c.jsonl"), "{\"body\": \"x \\ud83d\\ude00 \\ud83d\"}\n\n{\"body\": null}\n");
        Table.write(
                folder.resolve("b/d.parquet"),
                Row.class,
                List.of(new Row(1, "p"), new Row(2, null), new Row(3, "q")),
                Map.of());
        Files.writeString(folder.resolve("e.md"), "");
        Files.writeString(folder.resolve("f.bin"), "not read");
        Files.writeString(folder.resolve(".git/g.txt"), "not read");
        assertEquals(
                List.of("one\ntwo\n", "x \uD83D\uDE00 \uFFFD", "", "p", "", "q", ""),
                documents(Texts.of(List.of(folder), "body")));
    }

    @Test
    void aLongFileIsReadInParts() throws IOException {
        String text = java.util.stream.IntStream.range(0, 60_000)
                .mapToObj(i -> i % 7 == 0 ? "\uD83D\uDE00 " + i + "\n" : "word ")
                .collect(Collectors.joining());
        Path file = Files.writeString(folder.resolve("long.txt"), text);
        List<Texts.Part> parts = new ArrayList<>();
        try (Texts.Reader reader = Texts.of(List.of(file), "text").open()) {
            for (Texts.Part part = reader.next(); part != null; part = reader.next()) {
                parts.add(part);
            }
        }
        assertTrue(parts.size() > 2, () -> parts.size() + " parts");
        assertEquals(text, parts.stream().map(Texts.Part::text).collect(Collectors.joining()));
        assertTrue(parts.stream()
                .limit(parts.size() - 1)
                .allMatch(part -> part.text().endsWith("\n")));
        assertEquals(1, parts.stream().filter(Texts.Part::begins).count());
    }

    @Test
    void whatIsNoTextIsSaidInASentence() throws IOException {
        Path lines = Files.writeString(folder.resolve("a.jsonl"), "{\"body\": \"x\"}\n{\"body\": 3}\n{");
        assertTrue(refused("text", lines).contains("line 1 has no text \"text\"; its fields are [body]"));
        assertTrue(refused("body", lines).contains("line 2 has no text \"body\""));
        Path broken = Files.writeString(folder.resolve("b.jsonl"), "{\"body\": ");
        assertTrue(refused("body", broken).contains("line 1 is not valid JSON"));
        Path binary = Files.write(folder.resolve("c.txt"), new byte[] {'a', (byte) 0xff, 'b'});
        assertTrue(refused("text", binary).contains("is not UTF-8 text"));
        Table.write(folder.resolve("d.parquet"), Row.class, List.of(new Row(1, "p")), Map.of());
        String columns = refused("text", folder.resolve("d.parquet"));
        assertTrue(
                columns.contains("has no column of texts \"text\"; its columns are id INTEGER, body VARCHAR"), columns);
        Path fake = Files.writeString(folder.resolve("e.parquet"), "no");
        assertTrue(refused("text", fake).contains("cannot be read as a Parquet file"));
        assertTrue(refused("text", folder.resolve("gone")).contains("there is no text"));
        assertTrue(refused("text", Files.createDirectories(folder.resolve("empty")))
                .contains("has no text in it"));
    }
}
