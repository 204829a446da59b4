package cutaway.interp.check;

import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Random;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// The token sequences that two models are compared on. Texts become tokens by the reference's tokenizer,
/// behind what its
/// recipe puts before a text; where it has none, by the other model's.
///
/// @param source what they are, for people
/// @param ids of each sequence
record Sequences(String source, List<int[]> ids) {

    /// No sequence is longer.
    static final int LONGEST = 128;

    private static final int RANDOM_LENGTH = 32;
    private static final long LARGEST_TEXT = 64L << 20;

    Sequences {
        ids = List.copyOf(ids);
    }

    /// The texts of [English] where there is a tokenizer, else random ids.
    ///
    /// @param most how many at the most
    /// @throws BadInputException when there are not as many texts, or the two models' tokenizers differ on them
    static Sequences builtIn(Model model, Model reference, int most, long seed) {
        if (!model.hasTokenizer() && !reference.hasTokenizer()) {
            return random(model, reference, most, seed);
        }
        if (most > English.TEXTS.size()) {
            throw new BadInputException("--prompts " + most + ": there are " + English.TEXTS.size()
                    + " built-in texts; give fewer, or a file of text with --text.");
        }
        List<int[]> ids = English.TEXTS.stream()
                .limit(most)
                .flatMap(text -> cut(text, model, reference))
                .limit(most)
                .toList();
        return new Sequences("built-in English texts", ids);
    }

    /// A file of text, cut into sequences.
    ///
    /// @param most how many at the most
    /// @throws BadInputException when it cannot be read, is no UTF-8, is empty or larger than 64 MB, or the
    ///     tokenizers of
    ///     the two models differ on it
    static Sequences of(Path file, Model model, Model reference, int most) {
        return new Sequences(
                file.toString(), cut(read(file), model, reference).limit(most).toList());
    }

    private static Sequences random(Model model, Model reference, int count, long seed) {
        RandomGenerator random = new Random(seed).generator();
        int length = Math.min(RANDOM_LENGTH, longest(model, reference));
        List<int[]> ids = IntStream.range(0, count)
                .mapToObj(_ -> random.ints(length, 0, reference.sizes().vocab()).toArray())
                .toList();
        return new Sequences("random ids", ids);
    }

    private static Stream<int[]> cut(String text, Model model, Model reference) {
        Model reader = reference.hasTokenizer() ? reference : model;
        // false: what a text says is no instruction to the tokenizer
        int[] all = reader.tokenizer().encode(text, false).ids();
        if (reader != model
                && model.hasTokenizer()
                && !Arrays.equals(all, model.tokenizer().encode(text, false).ids())) {
            throw new BadInputException("the tokenizers of " + model.path() + " and " + reference.path()
                    + " differ on the same text; compare models that share one.");
        }
        int[] before =
                reader.tokenizer().before().stream().mapToInt(Integer::intValue).toArray();
        int room = longest(model, reference) - before.length;
        if (room < 1) {
            throw new BadInputException("the context of " + model.path() + " or " + reference.path()
                    + " has no room for a text; compare models with a longer one.");
        }
        List<int[]> sequences = new ArrayList<>();
        for (int start = 0; start < all.length; start += room) {
            sequences.add(IntStream.concat(
                            IntStream.of(before), Arrays.stream(all, start, Math.min(all.length, start + room)))
                    .toArray());
        }
        return sequences.stream();
    }

    private static int longest(Model model, Model reference) {
        return Math.min(
                LONGEST, Math.min(model.sizes().context(), reference.sizes().context()));
    }

    private static String read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new BadInputException("there is no file " + file + "; give a file of UTF-8 text.");
        }
        try {
            if (Files.size(file) > LARGEST_TEXT) {
                throw new BadInputException(file + " is larger than 64 MB; a part of it is enough.");
            }
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
                    .toString();
            if (text.isEmpty()) {
                throw new BadInputException(file + " is empty; give a file of UTF-8 text.");
            }
            return text;
        } catch (CharacterCodingException e) {
            throw new BadInputException(file + " is not UTF-8 text; convert it first.", e);
        } catch (IOException e) {
            throw new BadInputException("cannot read " + file + " (" + e.getMessage() + "); give a file of text.", e);
        }
    }
}
