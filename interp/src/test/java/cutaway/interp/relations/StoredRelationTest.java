package cutaway.interp.relations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.relations.StoredRelation.About;
import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredRelationTest {

    @TempDir
    private Path folder;

    private Path write(String file, String name) {
        Path path = folder.resolve(file);
        new StoredRelation(
                        new About(name, "{} is", List.of(), "model", 1, 2, 3, 0.5),
                        new LinearRelation(1, new float[] {1, 2, 3, 4}, new float[] {5, 6}, 2))
                .write(path);
        return path;
    }

    @Test
    void aFolderIsReadByNameAndFilesInTheirOrder() throws IOException {
        write("b.safetensors", "language");
        Path capital = write("a.safetensors", "capital");
        Files.writeString(folder.resolve("notes.txt"), "not a relation");
        List<String> names = StoredRelation.readAll(List.of(folder, capital)).stream()
                .map(relation -> relation.about().name())
                .toList();
        assertEquals(List.of("capital", "language", "capital"), names);
    }

    @Test
    void aFolderWithoutRelationsIsRefused() {
        String said = assertThrows(BadInputException.class, () -> StoredRelation.readAll(List.of(folder)))
                .getMessage();
        assertTrue(said.contains("holds no file"), said);
    }
}
