package cutaway.cli;

import java.util.Arrays;
import java.util.Map;
import java.util.Stack;
import java.util.stream.Collectors;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/// Looks at values that are joined by commas before they are split, which drops the empty ones at the end: a value that
/// was forgotten is an error, not a shorter list. Every option with a list names it.
final class CommaList implements IParameterPreprocessor {

    @Override
    @SuppressWarnings("JdkObsolete") // picocli hands a Stack
    public boolean preprocess(Stack<String> arguments, CommandSpec command, ArgSpec option, Map<String, Object> info) {
        String given = arguments.isEmpty() ? "" : arguments.peek();
        String[] values = given.split(",", -1);
        if (values.length > 1 && Arrays.stream(values).anyMatch(String::isBlank)) {
            String there = Arrays.stream(values)
                    .filter(value -> !value.isBlank())
                    .map(String::strip)
                    .collect(Collectors.joining(","));
            throw new ParameterException(
                    command.commandLine(),
                    name(option) + " is \"" + given + "\", with an empty value beside a comma; give "
                            + (there.isEmpty() ? "values joined by commas" : "all of them, such as " + there) + ".");
        }
        return false; // not consumed
    }

    private static String name(ArgSpec option) {
        return option instanceof OptionSpec named ? named.longestName() : option.paramLabel();
    }
}
