package cutaway.cli;

import cutaway.features.store.ActivationStore;
import cutaway.features.store.HeldOut;
import cutaway.interp.site.Site;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.SafetensorsFile;
import cutaway.tensor.safetensors.TensorFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The rows that `cutaway features select` chooses by: of a store, or of a matrix in a safetensors file.
///
/// @param name of the site, or of the matrix
/// @param site of a store's
/// @param fit to fit to, `[n, d]`
/// @param test to score on, `[n, d]` float64
/// @param again the rows of `test`, measured once more
/// @param apart what the rows to fit on are of, that those to score on are not: documents, contexts or rows
record SelectRows(String name, Optional<Site> site, Tensor fit, Tensor test, Optional<Tensor> again, String apart)
        implements AutoCloseable {

    private static final String SUFFIX = ".safetensors";

    SelectRows {
        Scope.detach(fit);
        Scope.detach(test);
        again.ifPresent(Scope::detach);
    }

    /// @param other a second measurement of the same rows; null: none
    /// @param site of a store, or a matrix's name; null: the first, or the only one
    /// @param most rows of each half
    /// @param seed of the halves of a matrix
    /// @throws BadInputException when one of them cannot be read, or their rows are not the same ones
    static SelectRows of(Path from, @Nullable Path other, @Nullable String site, int most, long seed) {
        if (other != null && isFile(from) != isFile(other)) {
            throw new BadInputException(
                    from + " and " + other + " are a store and a file of a matrix; give two of one" + " kind.");
        }
        try (Scope _ = Scope.open()) {
            return isFile(from) ? ofFile(from, other, site, most, seed) : ofStore(from, other, site, most);
        }
    }

    private static boolean isFile(Path path) {
        return Files.isRegularFile(path) && path.toString().endsWith(SUFFIX);
    }

    private static SelectRows ofFile(Path from, @Nullable Path other, @Nullable String site, int most, long seed) {
        Named matrix = matrix(from, site);
        int rows = Math.toIntExact(matrix.values.dim(0));
        if (rows < 4) {
            throw new BadInputException(from + " has " + rows + " rows; expected at least 4: half are fitted to.");
        }
        List<Integer> order = new ArrayList<>(IntStream.range(0, rows).boxed().toList());
        Collections.shuffle(order, new Random(seed).generator());
        int half = Math.min(most, rows / 2);
        Tensor first = indices(order.subList(0, half));
        Tensor second = indices(order.subList(half, 2 * half));
        Optional<Tensor> again = Optional.ofNullable(other).map(path -> {
            Named same = matrix(path, site);
            if (!Arrays.equals(same.values.shape().dims(), matrix.values.shape().dims())) {
                throw new BadInputException(path + " has " + same.values.shape() + ", and " + from + " "
                        + matrix.values.shape() + "; expected the same rows, measured once more.");
            }
            return same.values.gatherRows(0, second);
        });
        return new SelectRows(
                matrix.name,
                Optional.empty(),
                matrix.values.gatherRows(0, first),
                matrix.values.gatherRows(0, second),
                again,
                "rows");
    }

    private static Tensor indices(List<Integer> rows) {
        return Tensor.of(rows.stream().mapToLong(Integer::longValue).toArray(), rows.size());
    }

    private record Named(String name, Tensor values) {}

    private static Named matrix(Path file, @Nullable String name) {
        try (SafetensorsFile open = SafetensorsFile.open(file)) {
            List<String> names = open.names().stream()
                    .filter(one -> open.entry(one).shape().size() == 2)
                    .filter(one -> name == null || one.equals(name))
                    .toList();
            if (names.size() != 1) {
                throw new BadInputException(
                        file + " has " + names.size() + " matrices" + (name == null ? "" : " \"" + name + "\"")
                                + "; name one of its tensors by --site: " + String.join(", ", open.names()) + ".");
            }
            return new Named(
                    names.getFirst(), TensorFile.read(open, names.getFirst()).to(Dtype.F64));
        }
    }

    private static SelectRows ofStore(Path from, @Nullable Path other, @Nullable String site, int most) {
        try (ActivationStore store = ActivationStore.open(from)) {
            Site of = site(store, site);
            try (HeldOut held = HeldOut.of(store, List.of(of), List.of(of), most)) {
                return new SelectRows(
                        of.text(),
                        Optional.of(of),
                        held.fit().x().alias(),
                        held.test().x().to(Dtype.F64),
                        Optional.ofNullable(other).map(path -> again(from, path, of, most, held.test())),
                        held.byDocument() ? "documents" : "contexts");
            }
        }
    }

    private static Site site(ActivationStore store, @Nullable String site) {
        return site == null
                ? store.sites().getFirst()
                : TrainingData.of(store, List.of(site)).getFirst();
    }

    private static Tensor again(Path from, Path other, Site site, int most, HeldOut.Half half) {
        try (ActivationStore store = ActivationStore.open(other)) {
            Site same = site(store, site.text());
            try (HeldOut held = HeldOut.of(store, List.of(same), List.of(same), most)) {
                if (!Arrays.equals(held.test().tokens(), half.tokens())
                        || !Arrays.equals(held.test().positions(), half.positions())
                        || held.test().x().dim(1) != half.x().dim(1)) {
                    throw new BadInputException(other + " has other tokens than " + from + ", or has them in another"
                            + " order; harvest both from the same text, with the same settings.");
                }
                return held.test().x().to(Dtype.F64);
            }
        }
    }

    @Override
    public void close() {
        fit.close();
        test.close();
        again.ifPresent(Tensor::close);
    }
}
