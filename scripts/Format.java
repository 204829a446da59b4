import com.palantir.javaformat.java.Formatter;
import com.palantir.javaformat.java.FormatterException;
import com.palantir.javaformat.java.JavaFormatterOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Checks or rewrites the layout of every Java source with palantir-java-format (120 columns, 4 spaces).
///
///     mvn -N verify                    says which files differ, and fails
///     mvn -N verify -Dformat=apply     rewrites them
///
/// Why not Spotless: it formats inside Maven's own JVM, and the formatter parses with the javac of the JVM that it
/// runs
/// in, so under Maven on Java 17 it cannot read Java 25. The root pom starts this file with the JDK of the toolchain.
///
/// The formatter cannot read a lone `_` inside a record pattern: write `case Point(int x, var _)`.
public final class Format {

    private static final int LONGEST = 120;

    public static void main(String[] args) throws IOException {
        Path root = Path.of(args[0]);
        boolean apply = args[1].equals("apply");
        var formatter = Formatter.createFormatter(JavaFormatterOptions.builder()
                .style(JavaFormatterOptions.Style.PALANTIR)
                .build());
        List<String> different = new ArrayList<>();
        List<String> unreadable = new ArrayList<>();
        for (Path file : sources(root)) {
            String before = Files.readString(file);
            String name = root.relativize(file).toString();
            int broken = brokenComment(before);
            if (broken > 0) {
                unreadable.add(
                        name + ":" + broken + ": the formatter would break this /// line into code; make it shorter");
                continue;
            }
            try {
                String after = formatter.formatSourceAndFixImports(before);
                if (!after.equals(before)) {
                    different.add(name);
                    if (apply) {
                        Files.writeString(file, after);
                    }
                }
            } catch (FormatterException e) {
                unreadable.add(name + ":" + e.getMessage());
            }
        }
        unreadable.forEach(System.err::println);
        different.forEach(name -> System.err.println((apply ? "formatted " : "not formatted: ") + name));
        if (!unreadable.isEmpty()) {
            System.err.println("The formatter could not read " + count(unreadable)
                    + "; if the message names '_', write `var _` in the record pattern.");
            System.exit(1);
        }
        if (!apply && !different.isEmpty()) {
            System.err.println(count(different) + " not formatted; run: mvn -q -N verify -Dformat=apply");
            System.exit(1);
        }
    }

    /// The first `///` line that palantir-java-format 2.103.0 would tear apart, or 0: it counts the indentation of all
    /// but the first line of a comment twice, and puts what is past column 120 on a line without `///`.
    private static int brokenComment(String source) {
        String[] lines = source.split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            int indentation = lines[i].indexOf("///");
            if (indentation >= 0
                    && lines[i].substring(0, indentation).isBlank()
                    && lines[i].length() + (i > 0 && lines[i - 1].strip().startsWith("///") ? indentation : 0)
                            > LONGEST) {
                return i + 1;
            }
        }
        return 0;
    }

    /// The Java files of the modules and of `scripts`, without what builds leave in `target` or in hidden
    /// folders.
    private static List<Path> sources(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> Stream.of(root.relativize(file).toString().split("[/\\\\]"))
                            .noneMatch(part ->
                                    part.equals("target") || part.equals("node_modules") || part.startsWith(".")))
                    .sorted()
                    .toList();
        }
    }

    private static String count(List<String> files) {
        return files.size() == 1 ? "1 file" : files.size() + " files";
    }
}
