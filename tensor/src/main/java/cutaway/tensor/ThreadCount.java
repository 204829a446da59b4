package cutaway.tensor;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/// How many threads a library uses, as it lets itself be told: `void setter(int)`.
final class ThreadCount {

    private final String name;
    private final @Nullable MethodHandle setter;

    /// @param name of the setter; where no library that came with LibTorch has it, nothing is ever set
    ThreadCount(String name) {
        this.name = name;
        this.setter = Natives.function(name, FunctionDescriptor.ofVoid(JAVA_INT));
    }

    void set(int threads) {
        try {
            if (setter != null) {
                setter.invokeExact(threads);
            }
        } catch (Throwable e) {
            throw new IllegalStateException(name + " failed", e);
        }
    }
}
