package cutaway.cli;

import java.io.PrintStream;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/// What happens when a user interrupts a command (Ctrl-C).
///
/// The JVM would end the process the usual way, in which native libraries take themselves apart, while another thread
/// may still compute in one of them: that is a crash, with its report in the user's folder. So the process ends at
/// once.
final class Interruption {

    private static final int CODE = 130; // as a shell says for a program that Ctrl-C ended

    private static volatile String advice = "";

    private final AtomicBoolean done = new AtomicBoolean();

    /// Says from now on, at an interruption, what is kept and how to go on.
    static void advise(String sentence) {
        advice = sentence;
    }

    /// Ends the process at once from now on, when it is told to end before [#done].
    static Interruption watched() {
        Interruption interruption = new Interruption();
        Runtime.getRuntime().addShutdownHook(new Thread(interruption::end, "interruption"));
        return interruption;
    }

    /// The work is done; the process ends the usual way.
    void done() {
        done.set(true);
    }

    private void end() {
        if (done.get()) {
            return;
        }
        System.err.println((Console.OVERWRITES ? "\r\u001b[K" : "") + "cutaway: interrupted; "
                + (advice.isEmpty() ? "nothing was written." : advice));
        for (PrintStream stream : new PrintStream[] {System.out, System.err}) {
            stream.flush();
        }
        Linker linker = Linker.nativeLinker();
        Optional<MemorySegment> exit = linker.defaultLookup().find("_exit");
        if (exit.isPresent()) {
            try {
                linker.downcallHandle(exit.get(), FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT))
                        .invokeExact(CODE);
            } catch (Throwable e) {
                throw new IllegalStateException("_exit", e);
            }
        }
    }
}
