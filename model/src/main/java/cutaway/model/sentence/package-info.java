/// Sentences as vectors: [cutaway.model.sentence.SentenceEncoder].
@NullMarked
package cutaway.model.sentence;

import org.jspecify.annotations.NullMarked;
