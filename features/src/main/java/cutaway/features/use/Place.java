package cutaway.features.use;

import cutaway.features.dictionary.Origin;
import cutaway.features.store.Sinks;
import cutaway.interp.site.Site;
import cutaway.interp.site.SiteNames;
import cutaway.model.Sizes;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Where in a model a dictionary reads and writes, and which tokens it was made for.
///
/// @param name what users call it
/// @param dIn numbers that it reads of a token, at all sites together
/// @param dOut numbers that it writes
record Place(String name, Origin origin, int dIn, int dOut) {

    /// @throws BadInputException when the dictionary does not say its sites, or it is of two models
    Place {
        if (origin.inputs().isEmpty() || origin.outputs().isEmpty()) {
            throw new BadInputException(
                    "the dictionary " + name + " does not say at which site it was trained; its file"
                            + " has to name it, as cutaway features show " + name + " tells.");
        }
        if (new HashSet<>(origin.inputs()).size() < origin.inputs().size()
                || new HashSet<>(origin.outputs()).size() < origin.outputs().size()) {
            throw new BadInputException("the dictionary " + name + " names a site twice, as a crosscoder of two models"
                    + " does; features are used in one model.");
        }
    }

    /// @throws BadInputException when a model does not have its sites, or in another width
    void check(Sizes sizes) {
        origin.inputs().forEach(site -> check(sizes, site, dIn, origin.inputs().size()));
        origin.outputs()
                .forEach(site -> check(sizes, site, dOut, origin.outputs().size()));
    }

    private void check(Sizes sizes, Site site, int numbers, int sites) {
        try {
            SiteNames.check(site, sizes);
        } catch (BadInputException e) {
            throw new BadInputException(
                    "the dictionary %s is of %s, which this model does not have; give a dictionary of this model, %s."
                            .formatted(name, site.text(), orItsModel()),
                    e);
        }
        int there = numbers(sizes, site);
        if (there * sites != numbers) {
            throw new BadInputException(
                    "the dictionary %s has %d numbers at %s, where this model has %d; give a dictionary of this model, %s."
                            .formatted(name, numbers / sites, site.text(), there, orItsModel()));
        }
    }

    private String orItsModel() {
        return origin.model().isEmpty() ? "which this one does not name" : "or --model " + origin.model();
    }

    private int numbers(Sizes sizes, Site site) {
        boolean one = site.onlyHead().isPresent();
        return switch (site.point().kind().axes()) {
            case MODEL -> sizes.dModel();
            case MLP -> site.onlyNeuron().isPresent() ? 1 : sizes.dMlp();
            case HEAD -> (one ? 1 : sizes.heads()) * sizes.dHead();
            case KV_HEAD -> (one ? 1 : sizes.kvHeads()) * sizes.dHead();
            case HEAD_MODEL -> (one ? 1 : sizes.heads()) * sizes.dModel();
            case PAIR, VOCAB, ONE, HEAD_ONE ->
                throw new BadInputException("the dictionary " + name + " is of " + site.text()
                        + ", which holds no vector of features for a token.");
        };
    }

    /// Where a sink shows that does not at the inputs: at the outputs of a transcoder, and in the residual stream,
    /// whose length a norm takes away before anything but the stream itself is read.
    List<Site> alsoAsked() {
        if (!origin.leavesSinksOut()) {
            return List.of();
        }
        Set<Site> sites = new LinkedHashSet<>(origin.outputs());
        origin.inputs().stream()
                .filter(site ->
                        !(site instanceof Site.Resid) && site.point().kind().inBlock())
                .forEach(site -> sites.add(new Site.Resid(site.point().layer(), Site.Moment.PRE)));
        origin.inputs().forEach(sites::remove);
        return List.copyOf(sites);
    }

    /// Of a dictionary that was trained without attention sinks all tokens but those, at any of these sites, and the
    /// first, which is one in most models whether its norm shows it or not; of others all.
    ///
    /// @param input `[pos, dIn]`
    /// @param others what stands at [#alsoAsked], `[pos, …]` each
    /// @throws BadInputException when there is no other
    boolean[] reads(Tensor input, List<Tensor> others) {
        boolean[] reads = new boolean[Math.toIntExact(input.dim(0))];
        Arrays.fill(reads, true);
        if (!origin.leavesSinksOut()) {
            return reads;
        }
        if (reads.length == 1) {
            throw new BadInputException("the prompt is a single token, an attention sink, and the dictionary " + name
                    + " was trained without those; give a longer prompt.");
        }
        reads[0] = false;
        List<Tensor> values = Stream.concat(parts(input, origin.inputs().size()).stream(), others.stream())
                .toList();
        boolean[] sinks = Sinks.among(values, Sinks.TIMES);
        for (int i = 0; i < reads.length; i++) {
            reads[i] &= !sinks[i];
        }
        return reads;
    }

    /// The values of sites that stand one after another.
    ///
    /// @param joined `[pos, sites * d]`
    /// @return views, `[pos, d]`
    static List<Tensor> parts(Tensor joined, int sites) {
        long width = joined.dim(1) / sites;
        return IntStream.range(0, sites)
                .mapToObj(i -> joined.slice(1, i * width, (i + 1) * width))
                .toList();
    }
}
