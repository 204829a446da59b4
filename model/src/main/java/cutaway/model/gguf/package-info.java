/// The GGUF format of llama.cpp: settings, tokenizer and quantised weights in one file. Read [GgufFile] first.
///
/// Source: docs/gguf.md of github.com/ggml-org/ggml for the file, ggml/src/ggml-quants.c of
/// github.com/ggml-org/llama.cpp for the blocks.
@NullMarked
package cutaway.model.gguf;

import org.jspecify.annotations.NullMarked;
