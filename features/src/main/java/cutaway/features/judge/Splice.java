package cutaway.features.judge;

import cutaway.features.dictionary.Origin;
import cutaway.interp.site.Site;
import cutaway.interp.site.SiteNames;
import cutaway.model.Model;
import cutaway.model.parts.Pass;
import cutaway.model.parts.Past;
import cutaway.model.parts.Point;
import cutaway.model.parts.Tap;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A model opened at the sites that a dictionary reads and writes: their values, and the run with other values
/// there.
///
/// Blocks before the first of the sites are run once for all values that are put in place.
final class Splice {

    private final Model model;
    private final List<Site> inputs;
    private final List<Site> outputs;
    private final int first;
    private final int end;

    /// @throws BadInputException when the model has no such site, is no decoder, or the dictionary's widths are
    ///     others
    Splice(Model model, Origin origin, int dIn, int dOut) {
        this.model = model;
        this.inputs = origin.inputs();
        this.outputs = origin.outputs();
        if (!model.sizes().isCausal()) {
            throw new BadInputException(
                    "this model predicts no next token, by which a dictionary is judged; give a decoder.");
        }
        check("reads", dIn, inputs);
        check("writes", dOut, outputs);
        int[] layers = Stream.concat(inputs.stream(), outputs.stream())
                .mapToInt(site -> site.point().layer())
                .toArray();
        first = IntStream.of(layers).min().orElseThrow();
        end = IntStream.of(layers).max().orElseThrow() + 1;
    }

    private void check(String verb, int width, List<Site> sites) {
        if (sites.isEmpty()) {
            throw new BadInputException("the dictionary's files do not say which site it " + verb
                    + "; expected a hook name such as blocks.3.hook_resid_post.");
        }
        sites.forEach(site -> SiteNames.check(site, model.sizes()));
        int sum = sites.stream()
                .mapToInt(site -> SiteRows.width(site, model.sizes()))
                .sum();
        if (sum != width) {
            throw new BadInputException("the dictionary " + verb + " " + width + " numbers a token; "
                    + sites.stream().map(Site::text).toList() + " of this model "
                    + (sites.size() == 1 ? "has " : "have ") + sum + ": give the model that it was trained on.");
        }
    }

    /// Only what the dictionary reads and writes, of contexts of one length; the model is not run any further.
    Values read(List<int[]> contexts) {
        return Scope.free(() -> {
            Taking taking = new Taking();
            Pass pass = pass(contexts);
            Tensor before = before(contexts, pass);
            model.transformer().blocks(before, first, end, pass, taking);
            return taking.values(before);
        });
    }

    /// Rows of contexts one after another; the caller closes them.
    ///
    /// @param inputs `[batch * pos, dIn]`
    /// @param outputs `[batch * pos, dOut]`
    /// @param stream the residual stream before the first of their blocks, `[batch * pos, dModel]`, where the
    ///     inputs are read behind a norm, which takes a token's length away
    record Values(Tensor inputs, Tensor outputs, Optional<Tensor> stream) implements AutoCloseable {

        /// Where an attention sink shows.
        List<Tensor> tellingSinks() {
            List<Tensor> values = new ArrayList<>(List.of(inputs));
            if (outputs != inputs) {
                values.add(outputs);
            }
            stream.ifPresent(values::add);
            return values;
        }

        @Override
        public void close() {
            inputs.close();
            if (outputs != inputs) {
                outputs.close();
            }
            stream.ifPresent(Tensor::close);
        }
    }

    /// A run that can be gone through again with other values; it holds native memory until it is closed.
    final class Run implements AutoCloseable {

        private final Pass pass;
        private final Tensor before;
        private final Scope scope;

        /// What the dictionary reads and writes.
        final Values values;

        /// Residual stream after the last block, `[batch, pos, dModel]`.
        final Tensor last;

        Run(List<int[]> contexts) {
            scope = Scope.open();
            try {
                Taking taking = new Taking();
                pass = pass(contexts);
                before = before(contexts, pass);
                last = model.transformer().blocks(before, first, model.sizes().layers(), pass, taking);
                values = taking.values(before);
            } catch (RuntimeException e) {
                scope.close();
                throw e;
            }
        }

        /// Residual stream after the last block with other values at the sites that the dictionary writes.
        ///
        /// @param rows `[batch * pos, dOut]`
        Tensor with(Tensor rows) {
            return Scope.keep(() -> model.transformer()
                    .blocks(before, first, model.sizes().layers(), pass, new Putting(rows))
                    .alias());
        }

        @Override
        public void close() {
            values.close();
            scope.close();
        }
    }

    private Tensor before(List<int[]> contexts, Pass pass) {
        int length = contexts.getFirst().length;
        long[] ids = contexts.stream()
                .flatMapToInt(IntStream::of)
                .mapToLong(id -> id)
                .toArray();
        Tensor positions = Tensor.range(0, length).unsqueeze(0);
        Tensor embedded = model.transformer().embed(Tensor.of(ids, contexts.size(), length), positions, Tap.NONE);
        return model.transformer().blocks(embedded, 0, first, pass, Tap.NONE);
    }

    private Pass pass(List<int[]> contexts) {
        int length = contexts.getFirst().length;
        if (contexts.stream().anyMatch(context -> context.length != length)) {
            throw new IllegalArgumentException("contexts of different lengths in one batch");
        }
        Tensor at = Tensor.of(LongStream.range(0, length).toArray(), length);
        Tensor later = at.reshape(1, 1, -1, 1).less(at.reshape(1, 1, 1, -1)); // [1, 1, qPos, kPos]
        return model.transformer().pass(at.unsqueeze(0), later, Past.NONE);
    }

    /// Keeps the values of the sites.
    private final class Taking implements Tap {

        private final @Nullable Tensor[] read = new Tensor[inputs.size()];
        private final @Nullable Tensor[] written = new Tensor[outputs.size()];

        @Override
        public Tensor at(Point point, Tensor value) {
            take(point, value, inputs, read);
            if (!inputs.equals(outputs)) {
                take(point, value, outputs, written);
            }
            return value;
        }

        private static void take(Point point, Tensor value, List<Site> sites, @Nullable Tensor[] to) {
            for (int i = 0; i < sites.size(); i++) {
                Site site = sites.get(i);
                if (SiteRows.isAt(site, point)) {
                    to[i] = Scope.detach(
                            Scope.keep(() -> SiteRows.of(value, site).copy()));
                }
            }
        }

        Values values(Tensor before) {
            Tensor in = joined(read);
            boolean isBehindNorm = inputs.stream().anyMatch(site -> !(site instanceof Site.Resid));
            return new Values(
                    in,
                    inputs.equals(outputs) ? in : joined(written),
                    isBehindNorm
                            ? Optional.of(Scope.detach(
                                    before.reshape(-1, before.dim(2)).copy()))
                            : Optional.empty());
        }

        private static Tensor joined(@Nullable Tensor[] taken) {
            List<Tensor> parts = Stream.of(taken).map(Objects::requireNonNull).toList();
            Tensor joined = Scope.detach(Tensor.cat(parts, 1));
            parts.forEach(Tensor::close);
            return joined;
        }
    }

    /// Puts rows in place of the values of the sites that are written.
    private final class Putting implements Tap {

        private final Tensor rows;

        Putting(Tensor rows) {
            this.rows = rows;
        }

        @Override
        public Tensor at(Point point, Tensor value) {
            Tensor now = value;
            long from = 0;
            for (Site site : outputs) {
                long to = from + SiteRows.width(site, model.sizes());
                if (SiteRows.isAt(site, point)) {
                    now = SiteRows.replaced(now, site, rows.slice(1, from, to).to(value.dtype()));
                }
                from = to;
            }
            return now;
        }
    }
}
