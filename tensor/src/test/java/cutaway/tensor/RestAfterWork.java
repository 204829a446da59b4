package cutaway.tensor;

import com.sun.management.OperatingSystemMXBean;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.management.ManagementFactory;
import java.util.List;

/// The child of [HostileEnvironmentTest]: works, rests, and prints what the rest cost and what libc's environment says.
final class RestAfterWork {

    public static void main(String[] arguments) throws Throwable {
        Random random = new Random(1);
        try (Scope scope = Scope.open()) {
            Tensor x = random.normal(128, 576);
            Tensor weight = random.normal(1536, 576);
            for (int i = 0; i < 30; i++) {
                Scope.free(() -> {
                    Tensor up = x.linear(weight, null);
                    return up.silu().times(up);
                });
            }
            var machine = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
            long before = machine.getProcessCpuTime();
            Thread.sleep(300);
            System.out.println("idle-cpu-ms=" + (machine.getProcessCpuTime() - before) / 1_000_000);
        }
        for (String name : List.of(
                "OMP_WAIT_POLICY",
                "GOMP_SPINCOUNT",
                "KMP_BLOCKTIME",
                "OPENBLAS_THREAD_TIMEOUT",
                "OPENBLAS_NUM_THREADS",
                "MKL_CBWR")) {
            System.out.println(name + "=" + getenv(name));
        }
    }

    /// What a native library sees; `System.getenv` is a copy that the JVM made when it started.
    private static String getenv(String name) throws Throwable {
        Linker linker = Linker.nativeLinker();
        MethodHandle getenv = linker.downcallHandle(
                linker.defaultLookup().find("getenv").orElseThrow(),
                FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = (MemorySegment) getenv.invokeExact(arena.allocateFrom(name));
            return value.address() == 0 ? "" : value.reinterpret(Long.MAX_VALUE).getString(0);
        }
    }
}
