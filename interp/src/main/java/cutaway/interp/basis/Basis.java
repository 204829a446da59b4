package cutaway.interp.basis;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Source;
import cutaway.interp.edit.Values;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.model.Model;
import cutaway.model.Sizes;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/// Directions that the value of a site is written in, beside what the model names itself: a trained dictionary's
/// latents ("features").
///
///     y = sum_i s f_i d_i + error        s is 1 but where a dictionary scales its tokens
///
/// The codes `f` are read from the input site. Changing `f_i` to `f_i'` adds `s (f_i' - f_i) d_i` to the output site
/// and leaves the error, what the directions cannot say, as it was (Marks et al. 2024, arXiv:2403.19647, section 3.1).
public interface Basis {

    /// What users call it.
    String name();

    /// How many directions it has.
    int width();

    /// Where codes are read.
    Site input();

    /// Where directions are added; the same as the input but in a transcoder.
    Site output();

    /// @throws cutaway.tensor.BadInputException when a model does not have its sites, or in another width
    void check(Sizes sizes);

    /// The codes of some tokens.
    ///
    /// @param input `[pos, dIn]`
    Codes encode(Tensor input);

    /// Which tokens codes are used of: all, but where it was made for some only. On the others no direction is active,
    /// and the error has all that is there.
    ///
    /// @param input of a whole run, `[pos, dIn]`
    /// @return at least one is true
    /// @throws cutaway.tensor.BadInputException when there is none
    default boolean[] reads(Tensor input) {
        boolean[] all = new boolean[Math.toIntExact(input.dim(0))];
        Arrays.fill(all, true);
        return all;
    }

    /// What the codes of some tokens say together, without the error.
    ///
    /// @param input `[pos, dIn]`
    /// @return `[pos, dOut]`
    Values reconstruct(Tensor input);

    /// What a code of 1 adds, `[dOut]`.
    double[] direction(int index);

    /// The codes of a run.
    default Codes codes(Model model, Source run) {
        return of(model, run, input -> {
            Codes all = encode(input);
            return new Codes(all.values().ofRows(reads(input)), all.scales());
        });
    }

    /// Puts what the codes of a run say in the place of what the model computed: the error term is taken out.
    default Edit.Replace splice(Model model, Source run) {
        return of(model, run, input -> {
            boolean[] reads = reads(input);
            int[] places =
                    IntStream.range(0, reads.length).filter(i -> reads[i]).toArray();
            if (places.length == reads.length) {
                return new Edit.Replace(output(), Positions.ALL, reconstruct(input));
            }
            Tensor some = input.gatherRows(
                    0, Tensor.of(Arrays.stream(places).asLongStream().toArray()));
            return new Edit.Replace(output(), Positions.of(places), reconstruct(some));
        });
    }

    private <T> T of(Model model, Source run, Function<Tensor, T> of) {
        try (Trace trace = Runs.toLast(model, run, List.of(input()));
                Scope scope = Scope.open()) {
            Tensor there = trace.at(input()).select(0, 0); // [pos, …]
            return of.apply(there.reshape(there.dim(0), -1));
        }
    }
}
