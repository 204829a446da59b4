package cutaway.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// One of the ids of `--ids`.
final class TokenId implements ITypeConverter<Integer> {

    @Override
    public Integer convert(String value) {
        try {
            return Integer.valueOf(value.strip());
        } catch (NumberFormatException e) {
            throw new TypeConversionException(
                    "\"" + value + "\" is no token id; expected numbers separated by commas, such as 504,314");
        }
    }
}
