package cutaway.cli;

import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `cutaway java`: a program of the user's, with the library on its class path.
@Command(
        name = "java",
        description = {
            "Runs a Java source file with the whole of Cutaway as its library, on the same JDK.",
            "It ends with the program's own exit code."
        },
        footer = {"", "Example:", "  cutaway java Example.java"},
        mixinStandardHelpOptions = true)
final class JavaVerb implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "FILE", description = "The source file, such as Example.java.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path file;

    @Parameters(index = "1..*", paramLabel = "ARGS", description = "What the program is given.")
    private List<String> arguments = List.of();

    @Override
    public Integer call() throws InterruptedException {
        if (!Files.isRegularFile(file)) {
            throw new BadInputException("there is no file " + file + "; give a Java source file.");
        }
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                file.toString()));
        command.addAll(arguments);
        try {
            return new ProcessBuilder(command).inheritIO().start().waitFor();
        } catch (IOException e) {
            throw new BadInputException("cannot start " + command.getFirst() + " (" + e.getMessage() + ").", e);
        }
    }
}
