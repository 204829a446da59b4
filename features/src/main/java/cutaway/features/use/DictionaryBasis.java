package cutaway.features.use;

import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Scaling;
import cutaway.features.store.Sinks;
import cutaway.interp.basis.Basis;
import cutaway.interp.basis.Codes;
import cutaway.interp.edit.Values;
import cutaway.interp.site.Site;
import cutaway.interp.site.SiteNames;
import cutaway.model.Sizes;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;

/// A dictionary whose latents are used: an autoencoder, or a transcoder, which reads one site and is added to another.
///
/// A dictionary that scales its tokens keeps each token's own scale when a code changes: that is what its decoding
/// multiplies by.
public final class DictionaryBasis implements Basis {

    private final String name;
    private final Dictionary dictionary;
    private final Site input;
    private final Site output;

    /// @param name what users call it
    /// @param dictionary the caller closes it
    /// @throws BadInputException when it does not say its site, has several, or one that no vector stands at
    public DictionaryBasis(String name, Dictionary dictionary) {
        this.name = name;
        this.dictionary = dictionary;
        if (dictionary.origin().inputs().isEmpty()
                || dictionary.origin().outputs().isEmpty()) {
            throw new BadInputException(
                    "the dictionary " + name + " does not say at which site it was trained; its file"
                            + " has to name it, as cutaway features show " + name + " tells.");
        }
        if (dictionary.origin().inputs().size() > 1
                || dictionary.origin().outputs().size() > 1) {
            throw new BadInputException("the dictionary " + name + " is a crosscoder of "
                    + dictionary.origin().inputs().size()
                    + " sites; features are used of dictionaries that read one site and write to one.");
        }
        this.input = dictionary.origin().inputs().getFirst();
        this.output = dictionary.origin().outputs().getFirst();
    }

    public Dictionary dictionary() {
        return dictionary;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int width() {
        return dictionary.width();
    }

    @Override
    public Site input() {
        return input;
    }

    @Override
    public Site output() {
        return output;
    }

    /// Whether a direction means the same on every token: it does but where tokens are scaled.
    public boolean isAlikeOnAllTokens() {
        return dictionary.scaling() == Scaling.NONE;
    }

    @Override
    public void check(Sizes sizes) {
        check(sizes, input, dictionary.dIn());
        check(sizes, output, dictionary.dOut());
    }

    private void check(Sizes sizes, Site site, int numbers) {
        try {
            SiteNames.check(site, sizes);
        } catch (BadInputException e) {
            throw new BadInputException(
                    "the dictionary %s is of %s, which this model does not have; give a dictionary of this model, %s."
                            .formatted(name, site.text(), orItsModel()),
                    e);
        }
        int there = numbers(sizes, site);
        if (there != numbers) {
            throw new BadInputException(
                    "the dictionary %s has %d numbers at %s, where this model has %d; give a dictionary of this model, %s."
                            .formatted(name, numbers, site.text(), there, orItsModel()));
        }
    }

    private String orItsModel() {
        String model = dictionary.origin().model();
        return model.isEmpty() ? "which this one does not name" : "or --model " + model;
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

    @Override
    public Codes encode(Tensor input) {
        return Scope.free(() -> {
            Tensor x = input.to(dictionary.dtype()).contiguous();
            return new Codes(dictionary.encode(x), dictionary.outputScales(x));
        });
    }

    /// Of a dictionary that was trained without attention sinks all but those, and the first token, which is one in
    /// most models whether its norm at this site shows it or not.
    ///
    /// @throws BadInputException when there is no other
    @Override
    public boolean[] reads(Tensor input) {
        boolean[] all = Basis.super.reads(input);
        if (!dictionary.origin().leavesSinksOut()) {
            return all;
        }
        if (all.length == 1) {
            throw new BadInputException("the prompt is a single token, an attention sink, and the dictionary " + name
                    + " was trained without those; give a longer prompt.");
        }
        double[] norms = Scope.free(() -> input.norms(1).toDoubles());
        double most = Sinks.limit(norms);
        for (int i = 0; i < all.length; i++) {
            all[i] = i > 0 && norms[i] <= most;
        }
        return all;
    }

    @Override
    public Values reconstruct(Tensor input) {
        return Scope.free(() ->
                Values.of(dictionary.reconstruct(input.to(dictionary.dtype()).contiguous())));
    }

    @Override
    public double[] direction(int index) {
        return dictionary.direction(index);
    }

    @Override
    public String toString() {
        return name;
    }
}
