package cutaway.features.use;

import cutaway.features.dictionary.CrossLayerDictionary;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.exchange.DictionaryFiles;
import cutaway.features.exchange.Format;
import cutaway.features.exchange.Opened;
import cutaway.interp.basis.Basis;
import cutaway.tensor.BadInputException;
import java.nio.file.Path;
import java.util.List;

/// A trained dictionary as a basis; closing it closes the dictionary.
public sealed interface FeatureBasis extends Basis, AutoCloseable permits DictionaryBasis, CrossLayerBasis {

    @Override
    void close();

    /// Opens what lies there, whatever form it has.
    ///
    /// @param name what users call it
    /// @param path a folder or file of one dictionary, or of a cross-layer transcoder
    /// @throws BadInputException when it holds several, or none that can be used
    static FeatureBasis open(String name, Path path) {
        Opened opened = DictionaryFiles.open(path);
        try {
            return switch (opened) {
                case Opened.One(Format _, Dictionary dictionary) -> new DictionaryBasis(name, dictionary);
                case Opened.CrossLayer(Format _, CrossLayerDictionary dictionary) ->
                    new CrossLayerBasis(name, dictionary);
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
