package cutaway.model.export;

import cutaway.model.gguf.BlockType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// A form that a model is written in.
sealed interface Target permits FolderTarget, GgufTarget {

    /// As the command line calls it.
    String name();

    Plan plan();

    /// The type of matrices, for display.
    String typeName();

    /// The coarsest type that a weight was rounded to; F32 where none was rounded.
    BlockType coarsest();

    void write(Path path, Progress progress) throws IOException;

    /// Sentences on what is otherwise than one might expect, once it is written.
    List<String> notes();
}
