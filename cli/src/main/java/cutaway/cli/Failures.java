package cutaway.cli;

import cutaway.tensor.BadInputException;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// What a failure says on stderr, and its exit code.
final class Failures {

    /// Something went wrong that no user caused (EX_SOFTWARE of sysexits.h).
    static final int FAULT = 70;

    private Failures() {}

    /// One sentence for what a user gave wrong, whatever it was wrapped in; for anything else, what it was and how to
    /// see
    /// more.
    static int report(Throwable failure, CommandLine at) {
        PrintWriter err = at.getErr();
        int code = FAULT;
        String message = "this should not have happened: " + failure + "; run it again with --trace to see where.";
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof BadInputException) {
                message = inWords(oneLine(String.valueOf(cause.getMessage())));
                code = ExitCode.USAGE;
                break;
            }
            if (cause instanceof OutOfMemoryError) {
                message = "the memory ran out (" + cause.getMessage() + "): what was asked takes more than this machine"
                        + " gives; ask for less.";
                code = ExitCode.USAGE;
                break;
            }
        }
        err.println("cutaway: " + oneLine(message));
        if (trace(at)) {
            failure.printStackTrace(err);
        }
        err.flush();
        return code;
    }

    /// One sentence for an unknown verb or option, and what to type next.
    static int misused(ParameterException failure) {
        CommandLine at = failure.getCommandLine();
        String verb = at.getCommandSpec().qualifiedName();
        String message = failure instanceof UnmatchedArgumentException unmatched
                ? unknown(unmatched, at)
                : withoutPeriod(inWords(oneLine(String.valueOf(failure.getMessage())))) + ".";
        at.getErr().println("cutaway: " + message + " Try: " + verb + " --help");
        if (trace(at)) {
            failure.printStackTrace(at.getErr());
        }
        at.getErr().flush();
        return ExitCode.USAGE;
    }

    private static String unknown(UnmatchedArgumentException failure, CommandLine at) {
        String given = failure.getUnmatched().getFirst();
        boolean verb = at.getParent() == null && !given.startsWith("-");
        String what = verb ? "no verb" : given.startsWith("-") ? "no option" : "nothing is expected at";
        List<String> close = failure.getSuggestions();
        if (verb && close.isEmpty()) {
            close = at.getSubcommands().keySet().stream().sorted().toList();
            return what + " \"" + given + "\"; known: " + String.join(", ", close) + ".";
        }
        return what + " \"" + given + "\"" + (close.isEmpty() ? "." : "; did you mean " + close.getFirst() + "?");
    }

    private static boolean trace(CommandLine at) {
        return at.getCommandSpec().root().userObject() instanceof Cutaway root && root.trace();
    }

    /// What libraries say by the names of their classes, in words.
    private static String inWords(String text) {
        return text.replaceAll("java\\.nio\\.file\\.NoSuchFileException: [^)\\s]+", "there is no such file")
                .replaceAll("java\\.nio\\.file\\.AccessDeniedException: [^)\\s]+", "it may not be opened")
                .replaceAll("is not an? (?:int|long)\\b", "is no whole number")
                .replaceAll("is not a double\\b", "is no number")
                .replaceAll("option option '", "option '");
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", " ");
    }

    private static String withoutPeriod(String sentence) {
        return sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
    }
}
