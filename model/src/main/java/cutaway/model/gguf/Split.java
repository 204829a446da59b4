package cutaway.model.gguf;

import cutaway.tensor.BadInputException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The files that llama.cpp's gguf-split cuts a model into: `NAME-00001-of-0000N.gguf` with all settings, and N - 1
/// more with nothing but tensors.
///
/// @param count how many files the model is in; 1 where nothing says so
/// @param number which of them this is, from 0
/// @param tensors how many tensors all of them hold
record Split(long count, long number, long tensors) {

    private static final String COUNT = "split.count";
    private static final String NUMBER = "split.no";
    private static final String TENSORS = "split.tensors.count";

    /// What the format of the names has room for.
    private static final int MOST = 99_999;

    private static final Pattern FILE = Pattern.compile("(?<name>.*)-\\d{5}-of-\\d{5}\\.gguf");

    private static Split of(Shard shard) {
        GgufMetadata metadata = shard.metadata();
        try {
            if (!metadata.has(COUNT) || metadata.integer(COUNT) <= 1) {
                return new Split(1, 0, shard.tensors().size());
            }
            return new Split(metadata.integer(COUNT), metadata.integer(NUMBER), metadata.integer(TENSORS));
        } catch (BadInputException e) {
            throw new BadInputException(shard.path() + ": " + e.getMessage(), e);
        }
    }

    /// The first shard and all that belong to it, in order; only itself where the model is in one file.
    ///
    /// @throws BadInputException when this is not the first shard, or another is missing or does not belong to it
    static List<Shard> gather(Shard first, Arena arena) {
        Split split = of(first);
        if (split.count == 1) {
            return List.of(first);
        }
        split.checkFirst(first.path());
        List<Path> paths = split.paths(first.path());
        var shards = new ArrayList<>(List.of(first));
        for (int number = 1; number < split.count; number++) {
            Shard shard = Shard.open(paths.get(number), arena);
            Split expected = new Split(split.count, number, split.tensors);
            if (!of(shard).equals(expected)) {
                throw new BadInputException(shard.path() + " says that it is " + of(shard) + "; " + first.path()
                        + " calls for " + expected + ": fetch all files of the model again, from one place.");
            }
            shards.add(shard);
        }
        long tensors =
                shards.stream().mapToLong(shard -> shard.tensors().size()).sum();
        if (tensors != split.tensors) {
            throw new BadInputException(first.path() + " and the files that belong to it hold " + tensors
                    + " tensors; they should hold " + split.tensors + ": fetch all files of the model again.");
        }
        return shards;
    }

    private void checkFirst(Path path) {
        if (count > MOST) {
            throw new BadInputException(path + " claims to be one of " + count + " files; expected at most " + MOST
                    + ": the file is damaged.");
        }
        String name = name(path);
        if (number != 0) {
            throw new BadInputException(path + " is file " + (number + 1) + " of the " + count
                    + " that its model is in; give the first, " + name + suffix(0) + ".");
        }
        if (!String.valueOf(path.getFileName()).equals(name + suffix(0))) {
            throw new BadInputException(path + " is the first of the " + count + " files that its model is in, but its"
                    + " name does not say so and the others cannot be found: name it " + name + suffix(0) + ".");
        }
    }

    /// What stands before the number in the name of a file; all of it, where there is no number.
    private static String name(Path path) {
        String file = String.valueOf(path.getFileName());
        Matcher matcher = FILE.matcher(file);
        return matcher.matches() ? matcher.group("name") : file.replaceFirst("\\.gguf$", "");
    }

    private String suffix(long number) {
        return "-%05d-of-%05d.gguf".formatted(number + 1, count);
    }

    private List<Path> paths(Path first) {
        var paths = new ArrayList<Path>();
        for (int i = 0; i < count; i++) {
            Path path = first.resolveSibling(name(first) + suffix(i));
            if (!Files.exists(path)) {
                throw new BadInputException(path + " is missing; the model of " + first + " is in " + count
                        + " files, which must lie in one folder: fetch it too.");
            }
            paths.add(path);
        }
        return paths;
    }

    @Override
    public String toString() {
        return "file " + (number + 1) + " of " + count + " with " + tensors + " tensors in all";
    }
}
