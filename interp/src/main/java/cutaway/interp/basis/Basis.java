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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Directions that the value of a site is written in, beside what the model names itself: a trained dictionary's
/// latents ("features").
///
///     y = sum_i s f_i d_i + error        s is 1 but where a dictionary scales its tokens
///
/// The codes `f` are read from the input sites. Changing `f_i` to `f_i'` adds `s (f_i' - f_i) d_i` to the output site
/// and leaves the error, what the directions cannot say, as it was (Marks et al. 2024, arXiv:2403.19647, section 3.1).
///
/// What the error is can be asked too ([ErrorTerm]), whole or in the two parts that a linear map splits it in.
///
/// Of several output sites each gets its part of `d_i`. The model between them runs on: a later one also has what the
/// parts before it have changed on the way, as in circuit-tracer's interventions where no layers are constrained. Only
/// where the error is left out does every site hold what the codes say, and no more.
public interface Basis {

    /// What users call it.
    String name();

    /// How many directions it has.
    int width();

    /// Where codes are read: several sites in a crosscoder, their values one after another.
    List<Site> inputs();

    /// Where directions are added; the same as the inputs but in a transcoder.
    List<Site> outputs();

    /// Whether it writes the one site that it reads.
    default boolean isAutoencoder() {
        return inputs().size() == 1 && inputs().equals(outputs());
    }

    /// Where directions are added, in a few words.
    default String place() {
        List<Site> sites = outputs();
        return sites.size() <= 3
                ? sites.stream().map(Site::text).collect(Collectors.joining(", "))
                : sites.size() + " sites from " + sites.getFirst().text() + " to "
                        + sites.getLast().text();
    }

    /// The first site that a direction is added to.
    default Site first(int index) {
        return outputs().getFirst();
    }

    /// @throws cutaway.tensor.BadInputException when a model does not have its sites, or in another width
    void check(Sizes sizes);

    /// The codes of some tokens.
    ///
    /// @param input `[pos, dIn]`, of all input sites
    Codes encode(Tensor input);

    /// Which tokens codes are used of: all, but where it was made for some only. On the others no direction is active,
    /// and the error has all that is there.
    ///
    /// @param input of a whole run, `[pos, dIn]`
    /// @param others what stands at [#alsoAsked] in that run, in their order, `[pos, …]`
    /// @return at least one is true
    /// @throws cutaway.tensor.BadInputException when there is none
    default boolean[] reads(Tensor input, List<Tensor> others) {
        boolean[] all = new boolean[Math.toIntExact(input.dim(0))];
        Arrays.fill(all, true);
        return all;
    }

    /// Sites beside the inputs whose values say which tokens codes are used of.
    default List<Site> alsoAsked() {
        return List.of();
    }

    /// What the codes of some tokens say together, without the error.
    ///
    /// @param input `[pos, dIn]`
    /// @return of each output site, `[pos, d of the site]`
    List<Values> reconstruct(Tensor input);

    /// Whether a linear map that was fitted on other text splits the error in two.
    default boolean splitsError() {
        return false;
    }

    /// What that map foretells of the error of some tokens.
    ///
    /// @param input `[pos, dIn]`
    /// @return of each output site, `[pos, d of the site]`; none where no map splits the error
    default List<Values> linearError(Tensor input) {
        return List.of();
    }

    /// The error of some tokens, or a part of it, as a function that gradients go through; which codes are active is
    /// taken for given. Of an autoencoder alone.
    ///
    /// @param input `[n, d]`, of any type
    /// @return `[n, d]`, of the same type
    /// @throws UnsupportedOperationException when it writes another site than it reads, or no map splits its error
    default Tensor error(ErrorPart part, Tensor input) {
        throw new UnsupportedOperationException(
                name() + " has no " + part.text() + " as a function of " + input.shape());
    }

    /// What a code of 1 adds, at each site that the direction is added to.
    List<Part> direction(int index);

    /// A direction at one site.
    ///
    /// @param vector `[d of the site]`
    record Part(Site site, double[] vector) {}

    /// Whether a code of 1 adds the same on every token; not where a dictionary scales its tokens.
    default boolean isAlikeOnAllTokens() {
        return true;
    }

    /// The codes of a run.
    default Codes codes(Model model, Source run) {
        return of(model, run, (read, _) -> encode(read.input).of(read.reads));
    }

    /// Puts what the codes of a run say in the place of what the model computed: the error term is taken out.
    ///
    /// @return an edit of each output site
    default List<Edit.Replace> splice(Model model, Source run) {
        return of(model, run, (read, _) -> {
            int[] places = read.places();
            boolean all = places.length == read.reads.length;
            List<Values> said = reconstruct(read.some());
            return IntStream.range(0, said.size())
                    .mapToObj(i ->
                            new Edit.Replace(outputs().get(i), all ? Positions.ALL : Positions.of(places), said.get(i)))
                    .toList();
        });
    }

    /// What the codes of a run do not say, at each output site.
    default Errors errors(Model model, Source run) {
        return of(model, run, (read, trace) -> {
            int[] places = read.places();
            List<Values> said = reconstruct(read.some());
            List<Values> foretold = linearError(read.some());
            Map<Site, double[][]> values = new LinkedHashMap<>();
            Map<Site, double[][]> whole = new LinkedHashMap<>();
            Map<Site, double[][]> linear = new LinkedHashMap<>();
            for (int i = 0; i < outputs().size(); i++) {
                Site site = outputs().get(i);
                double[][] there = rows(flat(trace, site));
                double[][] error = spread(places, said.get(i), there.length);
                for (int place : places) {
                    double[] row = error[place];
                    Arrays.setAll(row, number -> there[place][number] - row[number]);
                }
                values.put(site, there);
                whole.put(site, error);
                if (splitsError()) {
                    linear.put(site, spread(places, foretold.get(i), there.length));
                }
            }
            return new Errors(values, whole, linear, read.reads);
        });
    }

    /// Rows where there are some, zeros elsewhere, `[pos][d]`.
    private static double[][] spread(int[] places, Values rows, int length) {
        double[] data = rows.data();
        int width = data.length / places.length;
        double[][] all = new double[length][width];
        for (int i = 0; i < places.length; i++) {
            System.arraycopy(data, i * width, all[places[i]], 0, width);
        }
        return all;
    }

    private static double[][] rows(Tensor value) {
        double[][] rows = new double[Math.toIntExact(value.dim(0))][];
        Arrays.setAll(rows, position -> value.select(0, position).toDoubles());
        return rows;
    }

    /// What a run has at the input sites.
    ///
    /// @param input `[pos, dIn]`
    /// @param reads of each position, whether codes are used of it
    record Read(Tensor input, boolean[] reads) {

        /// Where codes are used.
        int[] places() {
            return IntStream.range(0, reads.length).filter(i -> reads[i]).toArray();
        }

        /// The input there.
        Tensor some() {
            return input.gatherRows(
                    0, Tensor.of(Arrays.stream(places()).asLongStream().toArray()));
        }
    }

    private <T> T of(Model model, Source run, BiFunction<Read, Trace, T> of) {
        List<Site> sites =
                Stream.concat(inputs().stream(), alsoAsked().stream()).toList();
        List<Site> all =
                Stream.concat(sites.stream(), outputs().stream()).distinct().toList();
        try (Trace trace = Runs.toLast(model, run, all);
                Scope scope = Scope.open()) {
            List<Tensor> there = sites.stream().map(site -> flat(trace, site)).toList();
            Tensor input = Tensor.cat(there.subList(0, inputs().size()), 1);
            boolean[] reads = reads(input, there.subList(inputs().size(), there.size()));
            return of.apply(new Read(input, reads), trace);
        }
    }

    private static Tensor flat(Trace trace, Site site) {
        Tensor value = trace.at(site).select(0, 0); // [pos, …]
        return value.reshape(value.dim(0), -1);
    }
}
