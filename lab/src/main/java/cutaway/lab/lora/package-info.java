/// Low-rank adapters over any weights: read [cutaway.lab.lora.Lora].
@NullMarked
package cutaway.lab.lora;

import org.jspecify.annotations.NullMarked;
