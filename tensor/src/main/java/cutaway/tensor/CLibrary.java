package cutaway.tensor;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/// Functions of the C library, which every process has; not every C library has them all.
final class CLibrary {

    private CLibrary() {}

    static Optional<MethodHandle> function(String name, FunctionDescriptor type) {
        Linker linker = Linker.nativeLinker();
        return linker.defaultLookup().find(name).map(address -> linker.downcallHandle(address, type));
    }
}
