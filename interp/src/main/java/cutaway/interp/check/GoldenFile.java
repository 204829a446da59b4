package cutaway.interp.check;

import cutaway.tensor.BadInputException;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.Dtype;
import cutaway.tensor.safetensors.Entry;
import cutaway.tensor.safetensors.SafetensorsFile;
import cutaway.tensor.safetensors.TensorFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reference values from another implementation, in a safetensors file of one of two layouts, of which it may hold any
/// part:
///
/// - for a batch of prompts of one length: `input_ids` [batch, pos], `logits` [batch, pos, vocab], `hidden.{i}` [batch,
///   pos, dModel] (the residual stream before block i; the last one after the final norm), `pattern.{i}` [batch, head,
///   qPos, kPos], `loss` [], `grad.embed` [batch, pos, dModel], `padded.input_ids`, `padded.mask` [1, pos],
///   `padded.logits` [1, real pos, vocab], `greedy` [n] (after the first 5 of `input_ids[0]`);
/// - prompt by prompt: `{k}.ids` [pos], `{k}.logits.last` [vocab], `{k}.logprob.next` [pos - 1], `{k}.hidden.{i}` [pos,
///   dModel], `{k}.greedy` [n]; `ioi.margin` [2], `ioi.patch.resid_pre` [layer, pos], `ioi.patch.head_z` [layer, head].
final class GoldenFile implements AutoCloseable {

    private static final Pattern KNOWN =
            Pattern.compile("input_ids|logits|hidden\\.\\d{1,6}|pattern\\.\\d{1,6}|loss|grad\\.embed"
                    + "|padded\\.(input_ids|mask|logits)|greedy"
                    + "|\\d{1,6}\\.(ids|logits\\.last|logprob\\.next|hidden\\.\\d{1,6}|greedy)"
                    + "|ioi\\.(margin|patch\\.resid_pre|patch\\.head_z)");

    private static final Set<Dtype> WHOLE = EnumSet.of(Dtype.I64, Dtype.I32, Dtype.I16, Dtype.I8, Dtype.U8);

    private final Path path;
    private final SafetensorsFile file;

    private GoldenFile(Path path, SafetensorsFile file) {
        this.path = path;
        this.file = file;
    }

    /// @throws BadInputException when it cannot be read, or holds a tensor of another name
    static GoldenFile open(Path path) {
        SafetensorsFile file = SafetensorsFile.open(path);
        try {
            for (String name : file.names()) {
                if (!KNOWN.matcher(name).matches()) {
                    throw new BadInputException(path + " holds \"" + name
                            + "\", which is not known what to compare with; expected names such as input_ids,"
                            + " logits, hidden.0 or 0.ids. Rename it or leave it out.");
                }
            }
            if (file.names().isEmpty()) {
                throw new BadInputException(path + " holds no tensors; there is nothing to compare.");
            }
            return new GoldenFile(path, file);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    Path path() {
        return path;
    }

    boolean has(String name) {
        return file.names().contains(name);
    }

    /// Whether there is a tensor whose name begins so.
    boolean hasAny(String beginning) {
        return file.names().stream().anyMatch(name -> name.startsWith(beginning));
    }

    /// The numbers `i` of names such as `hidden.{i}`, in order.
    ///
    /// @param name with `#` for the number
    /// @throws BadInputException when one is not below the bound
    List<Integer> numbers(String name, int bound) {
        Pattern pattern = Pattern.compile(Pattern.quote(name).replace("#", "\\E(\\d+)\\Q"));
        List<Integer> numbers = file.names().stream()
                .map(pattern::matcher)
                .filter(Matcher::matches)
                .map(matcher -> Integer.parseInt(matcher.group(1)))
                .sorted()
                .toList();
        numbers.stream().filter(number -> number >= bound).findFirst().ifPresent(number -> {
            throw new BadInputException(path + " holds \"" + name.replace("#", "" + number) + "\"; this model has "
                    + name + " for # from 0 to " + (bound - 1) + ": is it the golden file of another model?");
        });
        return numbers;
    }

    /// @param forWhat the tensor that cannot be compared without it
    /// @throws BadInputException when it is not there
    Tensor needed(String name, String forWhat, long... shape) {
        if (!has(name)) {
            throw new BadInputException(path + " holds \"" + forWhat + "\" but not \"" + name
                    + "\", without which it cannot be compared; add it.");
        }
        return tensor(name, shape);
    }

    /// Float values.
    ///
    /// @param shape the one that this model gives; -1 for any size
    Tensor tensor(String name, long... shape) {
        Entry entry = checked(name, shape);
        if (WHOLE.contains(entry.dtype()) || entry.dtype() == Dtype.BOOL) {
            throw new BadInputException(
                    path + ": \"" + name + "\" is " + entry.dtype() + "; expected a floating type.");
        }
        return TensorFile.read(entry);
    }

    /// Whole numbers.
    ///
    /// @param shape the one that this model gives; -1 for any size
    int[] whole(String name, @Nullable String forWhat, long... shape) {
        if (forWhat != null && !has(name)) {
            throw new BadInputException(path + " holds \"" + forWhat + "\" but not \"" + name
                    + "\", without which it cannot be compared; add it.");
        }
        Entry entry = checked(name, shape);
        if (!WHOLE.contains(entry.dtype())) {
            throw new BadInputException(path + ": \"" + name + "\" is " + entry.dtype() + "; expected whole numbers.");
        }
        try (Tensor tensor = TensorFile.read(entry)) {
            return Arrays.stream(tensor.toLongs())
                    .mapToInt(id -> Math.clamp(id, Integer.MIN_VALUE, Integer.MAX_VALUE))
                    .toArray();
        }
    }

    long size(String name, int axis) {
        List<Long> shape = file.entry(name).shape();
        return axis < shape.size() ? shape.get(axis) : 1;
    }

    private Entry checked(String name, long... shape) {
        Entry entry = file.entry(name);
        boolean fits = entry.shape().size() == shape.length;
        for (int axis = 0; fits && axis < shape.length; axis++) {
            fits = shape[axis] < 0 ? entry.shape().get(axis) > 0 : entry.shape().get(axis) == shape[axis];
        }
        if (!fits) {
            throw new BadInputException(path + ": \"" + name + "\" is " + entry.shape() + "; this model gives "
                    + Arrays.toString(shape).replace("-1", "any") + ": is it the golden file of another model?");
        }
        return entry;
    }

    @Override
    public void close() {
        file.close();
    }
}
