package cutaway.features.exchange;

import cutaway.features.dictionary.CrossLayerDictionary;
import cutaway.features.dictionary.Dictionary;
import java.util.List;

/// What a file or folder of dictionaries holds. Closing it closes them.
public sealed interface Opened extends AutoCloseable {

    Format format();

    @Override
    void close();

    /// One dictionary.
    record One(Format format, Dictionary dictionary) implements Opened {
        @Override
        public void close() {
            dictionary.close();
        }
    }

    /// A transcoder for each layer, from layer 0.
    record Layers(Format format, List<Dictionary> dictionaries) implements Opened {
        @Override
        public void close() {
            dictionaries.forEach(Dictionary::close);
        }
    }

    /// A cross-layer transcoder.
    record CrossLayer(Format format, CrossLayerDictionary dictionary) implements Opened {
        @Override
        public void close() {
            dictionary.close();
        }
    }
}
