package cutaway.features.select;

import cutaway.features.dictionary.Dictionary;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;

/// A dictionary's reconstruction as a denoiser: what its few latents cannot say is left out.
///
/// Hidden columns are filled with their means, and what the others differ from theirs by is taken `d / seen` times,
/// so that the products with encoder rows keep their size on average, as with dropout.
///
/// @param dictionary that writes what it reads; it stays the caller's
/// @param means of the columns, over the rows that it is fitted to
public record DictionaryDenoiser(Dictionary dictionary, double[] means) implements Denoiser {

    public DictionaryDenoiser {
        if (dictionary.dIn() != dictionary.dOut() || dictionary.dIn() != means.length) {
            throw new BadInputException("a dictionary from " + dictionary.dIn() + " to " + dictionary.dOut()
                    + " numbers denoises no rows of " + means.length + "; expected an autoencoder of that width.");
        }
    }

    @Override
    public Tensor denoise(Tensor x) {
        return Scope.keep(() ->
                dictionary.reconstruct(x.to(dictionary.dtype())).to(x.dtype()).alias());
    }

    @Override
    public Tensor without(Tensor x, boolean[] hidden) {
        return Scope.keep(() -> {
            int seen = 0;
            for (boolean one : hidden) {
                seen += one ? 0 : 1;
            }
            Tensor mean = Tensor.of(means, means.length).to(x.dtype());
            Tensor mask = Tensor.of(hidden, hidden.length).not().to(x.dtype());
            Tensor filled = x.minus(mean)
                    .times(mask)
                    .times((double) hidden.length / seen)
                    .plus(mean);
            return denoise(filled);
        });
    }
}
