/// The safetensors format: named arrays in one file, read without copying. Read [SafetensorsFile] first.
///
/// Source: the format section of github.com/huggingface/safetensors (README) and the checks of its reference reader.
@NullMarked
package cutaway.tensor.safetensors;

import org.jspecify.annotations.NullMarked;
