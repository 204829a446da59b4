package cutaway.features.use;

import cutaway.features.dictionary.CrossLayerDictionary;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.exchange.DictionaryFiles;
import cutaway.features.exchange.Format;
import cutaway.features.exchange.Opened;
import cutaway.interp.basis.Basis;
import cutaway.interp.site.Site;
import cutaway.model.Sizes;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A trained dictionary as a basis; closing it closes the dictionary.
public abstract sealed class FeatureBasis implements Basis, AutoCloseable permits DictionaryBasis, CrossLayerBasis {

    private final Place place;

    FeatureBasis(Place place) {
        this.place = place;
    }

    @Override
    public final String name() {
        return place.name();
    }

    @Override
    public final List<Site> inputs() {
        return place.origin().inputs();
    }

    @Override
    public final List<Site> outputs() {
        return place.origin().outputs();
    }

    @Override
    public final void check(Sizes sizes) {
        place.check(sizes);
    }

    @Override
    public final List<Site> alsoAsked() {
        return place.alsoAsked();
    }

    @Override
    public final boolean[] reads(Tensor input, List<Tensor> others) {
        return place.reads(input, others);
    }

    @Override
    public abstract void close();

    @Override
    public final String toString() {
        return name();
    }

    /// Opens what lies there, whatever form it has, with the map that splits its error where one lies beside it.
    ///
    /// @param name what users call it
    /// @param path a folder or file of one dictionary, or of a cross-layer transcoder
    /// @throws BadInputException when it holds several, or none that can be used
    public static FeatureBasis open(String name, Path path) {
        return open(name, path, LinearError.found(path));
    }

    /// The same with the map of a file.
    ///
    /// @param errorMap what [LinearError#write] wrote
    /// @throws BadInputException also when the map is of another dictionary
    public static FeatureBasis open(String name, Path path, Optional<Path> errorMap) {
        Opened opened = DictionaryFiles.open(path);
        try {
            return switch (opened) {
                case Opened.One(Format _, Dictionary dictionary) ->
                    new DictionaryBasis(name, dictionary, errorMap.map(map -> LinearError.read(map, path, dictionary)));
                case Opened.CrossLayer(Format _, CrossLayerDictionary dictionary) -> {
                    if (errorMap.isPresent()) {
                        throw new BadInputException(path + " is a cross-layer transcoder, whose error no map splits;"
                                + " leave " + errorMap.get() + " out.");
                    }
                    yield new CrossLayerBasis(name, dictionary);
                }
                case Opened.Layers(Format _, List<Dictionary> _) ->
                    throw new BadInputException(
                            path + " holds a transcoder for each of many layers; give one or several"
                                    + " of them. cutaway features convert " + path
                                    + " LAYERS --format cutaway takes them apart.");
            };
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }
}
