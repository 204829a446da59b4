package cutaway.features.use;

import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Scaling;
import cutaway.interp.basis.Codes;
import cutaway.interp.basis.ErrorPart;
import cutaway.interp.edit.Values;
import cutaway.tensor.Autograd;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// A dictionary whose latents are used: an autoencoder, a transcoder, which reads one site and is added to another, or
/// a crosscoder, whose latents read several layers at once and have a direction at each.
///
/// A dictionary that scales its tokens keeps each token's own scale when a code changes: that is what its decoding
/// multiplies by.
public final class DictionaryBasis extends FeatureBasis {

    private final Dictionary dictionary;
    private final Optional<LinearError> errorMap;

    /// @param name what users call it
    /// @param dictionary closed with this
    /// @throws BadInputException when it does not say its sites, or is a crosscoder of two models
    public DictionaryBasis(String name, Dictionary dictionary) {
        this(name, dictionary, Optional.empty());
    }

    /// @param errorMap what splits its error in two; closed with this
    public DictionaryBasis(String name, Dictionary dictionary, Optional<LinearError> errorMap) {
        super(new Place(name, dictionary.origin(), dictionary.dIn(), dictionary.dOut()));
        this.dictionary = dictionary;
        this.errorMap = errorMap;
    }

    /// What splits its error in two.
    public Optional<LinearError> errorMap() {
        return errorMap;
    }

    @Override
    public boolean splitsError() {
        return errorMap.isPresent();
    }

    @Override
    public List<Values> linearError(Tensor input) {
        return errorMap.map(map ->
                        Scope.free(() -> Place.parts(map.of(input), outputs().size()).stream()
                                .map(Values::of)
                                .toList()))
                .orElse(List.of());
    }

    /// The dictionary itself; closed with this.
    public Dictionary dictionary() {
        return dictionary;
    }

    @Override
    public int width() {
        return dictionary.width();
    }

    @Override
    public boolean isAlikeOnAllTokens() {
        return dictionary.scaling() == Scaling.NONE;
    }

    @Override
    public Codes encode(Tensor input) {
        return Scope.free(() -> {
            Tensor x = input.to(dictionary.dtype()).contiguous();
            double[] scales = dictionary.outputScales(x);
            boolean[] all = new boolean[scales.length];
            Arrays.fill(all, true);
            return new Codes(dictionary.encode(x), scales, all);
        });
    }

    @Override
    public List<Values> reconstruct(Tensor input) {
        return Scope.free(() -> {
            Tensor y = dictionary.reconstruct(input.to(dictionary.dtype()).contiguous());
            return Place.parts(y, outputs().size()).stream().map(Values::of).toList();
        });
    }

    @Override
    public Tensor error(ErrorPart part, Tensor input) {
        if (!isAutoencoder() || (part != ErrorPart.WHOLE && errorMap.isEmpty())) {
            return super.error(part, input);
        }
        return Scope.keep(() -> switch (part) {
            case WHOLE -> input.minus(said(input));
            case LINEAR -> foretold(input);
            case NONLINEAR -> input.minus(said(input)).minus(foretold(input));
        });
    }

    private Tensor said(Tensor input) {
        Tensor x = input.to(dictionary.dtype()).contiguous();
        return (Autograd.isTracked(x) ? dictionary.reconstructTracked(x) : dictionary.reconstruct(x)).to(input.dtype());
    }

    private Tensor foretold(Tensor input) {
        return errorMap.orElseThrow().of(input).to(input.dtype());
    }

    @Override
    public List<Part> direction(int index) {
        double[] all = dictionary.direction(index);
        int width = dictionary.dOut() / outputs().size();
        return IntStream.range(0, outputs().size())
                .mapToObj(i -> new Part(outputs().get(i), Arrays.copyOfRange(all, i * width, (i + 1) * width)))
                .toList();
    }

    @Override
    public void close() {
        dictionary.close();
        errorMap.ifPresent(LinearError::close);
    }
}
