package cutaway.server.lens;

import cutaway.model.Model;
import cutaway.server.api.Refusal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Files of one kind that the user keeps in a folder of the workbench's, to be read at a token. The folder is made
/// where it is missing and looked up at each question: a file that is written is there at once.
record KeptFiles(Path folder) {

    private static final String ENDING = ".safetensors";

    /// All of them, in the order of their names.
    List<Path> all() {
        try (Stream<Path> files = Files.list(Files.createDirectories(folder))) {
            return files.filter(file -> file.toString().endsWith(ENDING))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The one of a name, which is looked for among those that are there and never made a path.
    Optional<Path> find(String name) {
        return all().stream().filter(file -> name(file).equals(name)).findFirst();
    }

    /// A file's name without its ending.
    static String name(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.substring(0, name.length() - ENDING.length());
    }

    /// The tokens of a prompt.
    ///
    /// @param position of the token that is asked about
    /// @throws Refusal when the prompt has no such position
    static int[] ids(Model model, String prompt, int position) {
        int[] ids = model.encode(prompt).ids();
        if (position < 0 || position >= ids.length) {
            throw new Refusal(
                    400, "position is " + position + "; the prompt has positions 0 to " + (ids.length - 1) + ".");
        }
        return ids;
    }
}
