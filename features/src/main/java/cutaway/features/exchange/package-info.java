/// Dictionaries in files: those of the libraries that train them elsewhere, read and written, and our own.
///
/// [cutaway.features.exchange.DictionaryFiles] is the entrance; read it first. Each format is one file:
/// `SaeLensFolder` (ours too), `SparsifyFolder`, `CircuitTracerFolder`, `DictionaryLearningFolder`, `GemmaScope`.
/// `TensorPickle` reads the tensors of a PyTorch pickle, and runs nothing.
@NullMarked
package cutaway.features.exchange;

import org.jspecify.annotations.NullMarked;
