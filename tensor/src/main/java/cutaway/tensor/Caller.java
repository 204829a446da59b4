package cutaway.tensor;

import java.lang.StackWalker.StackFrame;
import org.jspecify.annotations.Nullable;

/// The line of code outside this module that called in, for messages about freed tensors.
///
/// Finding the frame takes about a microsecond; its line is looked up only when the message is written.
final class Caller {

    private static final StackWalker WALKER = StackWalker.getInstance();
    private static final String PACKAGE = Caller.class.getPackageName();

    private final String role;
    private final @Nullable StackFrame frame;

    private Caller(String role, @Nullable StackFrame frame) {
        this.role = role;
        this.frame = frame;
    }

    /// @param role words to write before the line, such as "the scope opened by "
    static Caller find(String role) {
        return new Caller(
                role,
                WALKER.walk(
                        frames -> frames.filter(Caller::isOutside).findFirst().orElse(null)));
    }

    /// The JDK's frames (`list.forEach(Tensor::close)`) say nothing about who asked.
    private static boolean isOutside(StackFrame frame) {
        String name = frame.getClassName();
        return !name.startsWith(PACKAGE + ".") && !name.startsWith("java.") && !name.startsWith("jdk.");
    }

    @Override
    public String toString() {
        if (frame == null) {
            return role + "an unknown caller";
        }
        String name = frame.getClassName();
        return role + name.substring(name.lastIndexOf('.') + 1) + "." + frame.getMethodName() + " ("
                + frame.getFileName() + ":" + frame.getLineNumber() + ")";
    }
}
