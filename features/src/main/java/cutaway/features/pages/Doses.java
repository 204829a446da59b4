package cutaway.features.pages;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.edit.Values;
import cutaway.interp.run.Sweep;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.model.Model;
import cutaway.tensor.Random;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// What happens when a latent's activation at a token is multiplied: with `f W_dec` what it writes there, `(factor - 1)
/// f W_dec` is added to what the model has at the dictionary's output, and the model runs on.
///
/// Read is what it says of the next token: the loss at the token that the text goes on with, the KL divergence from the
/// unedited run, and the logit of the token that the latent raises most. All are changes against the factor 1, which is
/// measured among the others; the control adds a random direction of the same norm.
final class Doses {

    /// What is measured of a latent at an example.
    ///
    /// @param example its rank among the latent's top ones, from 1
    /// @param factor that its activation is multiplied by
    /// @param loss change of `-ln p(next token)`, nats; null where the text ends there
    /// @param kl `KL(unedited || edited)` of the next token, nats
    /// @param logit change of the logit of the token that the latent raises most; null where there is none
    /// @param controlLoss that of a random direction of the same norm; so are the others
    record Row(
            int latent,
            int example,
            double factor,
            @Nullable Double loss,
            double kl,
            @Nullable Double logit,
            @Nullable Double controlLoss,
            double controlKl,
            @Nullable Double controlLogit) {}

    /// A token that a latent fires on.
    ///
    /// @param ids of the context up to that token, which is the last
    /// @param next the token that comes after it; -1 for none
    /// @param written what the latent writes there, `[dOut]`
    /// @param raised the token whose logit is read
    record Place(int latent, int example, int[] ids, int next, double[] written, OptionalInt raised) {}

    private final Model model;
    private final List<Site> sites;
    private final List<Double> factors; // the first is 1
    private final long seed;

    /// @param sites that the dictionary writes, one after another
    Doses(Model model, List<Site> sites, List<Double> factors, long seed) {
        this.model = model;
        this.sites = sites;
        this.seed = seed;
        this.factors = new ArrayList<>(List.of(1.0));
        factors.stream().filter(factor -> factor != 1).distinct().forEach(this.factors::add);
    }

    /// A row for each factor, 1 among them, by factor.
    List<Row> measure(Place place) {
        double[] random = randomLike(place);
        List<List<Edit>> variants = new ArrayList<>();
        for (double[] direction : List.of(place.written, random)) {
            factors.forEach(factor -> variants.add(edits(direction, factor - 1, place.ids.length - 1)));
        }
        double @Nullable [] loss =
                place.next < 0 ? null : changes(place, new Metric.LogProbability(place.next), variants);
        double[] kl = changes(place, new Metric.Divergence(), variants);
        double @Nullable [] logit =
                place.raised.isEmpty() ? null : changes(place, new Metric.Logit(place.raised.getAsInt()), variants);
        List<Row> rows = new ArrayList<>();
        int n = factors.size();
        for (int i = 0; i < n; i++) {
            rows.add(new Row(
                    place.latent,
                    place.example,
                    factors.get(i),
                    loss == null ? null : -loss[i] + 0.0, // no minus before zero
                    kl[i],
                    logit == null ? null : logit[i],
                    loss == null ? null : -loss[n + i] + 0.0,
                    kl[n + i],
                    logit == null ? null : logit[n + i]));
        }
        rows.sort(Comparator.comparingDouble(Row::factor));
        return rows;
    }

    /// Of each variant, against the one with the factor 1 of its own half.
    private double[] changes(Place place, Metric metric, List<List<Edit>> variants) {
        try (Sweep sweep = new Sweep(model, Source.of(place.ids, List.of()), metric)) {
            double[] found = sweep.measure(variants);
            int n = factors.size();
            double[] changes = new double[found.length];
            for (int i = 0; i < found.length; i++) {
                changes[i] = found[i] - found[i / n * n];
            }
            return changes;
        }
    }

    private List<Edit> edits(double[] direction, double times, int position) {
        int width = direction.length / sites.size();
        List<Edit> edits = new ArrayList<>();
        for (int i = 0; i < sites.size(); i++) {
            double[] part = Arrays.copyOfRange(direction, i * width, (i + 1) * width);
            Arrays.setAll(part, j -> times * part[j]);
            edits.add(new Edit.Add(sites.get(i), Positions.of(position), Values.of(part)));
        }
        return edits;
    }

    private double[] randomLike(Place place) {
        return new Random(seed * 1_000_003 + 1009L * place.latent + place.example)
                .direction(place.written.length, norm(place.written));
    }

    private static double norm(double[] x) {
        return Math.sqrt(Arrays.stream(x).map(v -> v * v).sum());
    }
}
