package cutaway.tensor;

/// Names the line of code outside this package that called in, for messages about freed tensors.
final class Caller {

    private static final StackWalker WALKER = StackWalker.getInstance();
    private static final String PACKAGE = Caller.class.getPackageName();

    private Caller() {}

    static String describe() {
        return WALKER.walk(frames -> frames.filter(
                        frame -> !frame.getClassName().startsWith(PACKAGE + "."))
                .findFirst()
                .map(frame -> simpleName(frame.getClassName()) + "." + frame.getMethodName() + " (" + frame.getFileName()
                        + ":" + frame.getLineNumber() + ")")
                .orElse("an unknown caller"));
    }

    private static String simpleName(String className) {
        return className.substring(className.lastIndexOf('.') + 1);
    }
}
