package cutaway.features.use;

import cutaway.interp.basis.Basis;
import cutaway.interp.basis.Codes;
import cutaway.interp.basis.ErrorPart;
import cutaway.interp.basis.Errors;
import cutaway.interp.edit.Source;
import cutaway.interp.site.Site;
import cutaway.model.Model;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/// What a dictionary misses of a prompt, token by token. Of several output sites, the values of all of them one after
/// another.
///
/// @param isSplit whether a linear map splits the error
/// @param tokens in the order of the prompt
public record Missed(boolean isSplit, List<OfToken> tokens) {

    /// @param read whether the dictionary is asked of it; else there is no error and no code
    /// @param norm of what stands at its output sites, y
    /// @param explained `1 - |y - y^|² / |y - mean y|²`, the mean over the prompt's tokens that are read;
    ///     empty where it is not, or the only one
    /// @param error norm of `y - y^`
    /// @param linear norm of the part that the map foretells; empty without a map, or where the token is not read
    /// @param nonlinear norm of the rest
    /// @param largest the latents of the largest codes, largest first
    public record OfToken(
            boolean read,
            double norm,
            OptionalDouble explained,
            double error,
            OptionalDouble linear,
            OptionalDouble nonlinear,
            List<Code> largest) {}

    /// @param code of the latent
    public record Code(int feature, double code) {}

    /// @param most latents of a token that are named
    public static Missed of(Model model, Basis basis, Source prompt, int most) {
        Codes codes = basis.codes(model, prompt);
        Errors errors = basis.errors(model, prompt);
        double[][] values = new double[errors.length()][];
        Arrays.setAll(values, position -> value(errors, position));
        double[] mean = mean(values, errors.read());
        List<OfToken> tokens = new ArrayList<>();
        for (int position = 0; position < values.length; position++) {
            boolean read = errors.read()[position];
            boolean split = read && basis.splitsError();
            double error = error(errors, ErrorPart.WHOLE, position);
            double spread = norm(minus(values[position], mean));
            tokens.add(new OfToken(
                    read,
                    norm(values[position]),
                    read && spread > 0
                            ? OptionalDouble.of(1 - error * error / (spread * spread))
                            : OptionalDouble.empty(),
                    error,
                    split ? OptionalDouble.of(error(errors, ErrorPart.LINEAR, position)) : OptionalDouble.empty(),
                    split ? OptionalDouble.of(error(errors, ErrorPart.NONLINEAR, position)) : OptionalDouble.empty(),
                    largest(codes, position, most)));
        }
        return new Missed(basis.splitsError(), tokens);
    }

    private static double[] value(Errors errors, int position) {
        return errors.sites().stream()
                .flatMapToDouble(site -> DoubleStream.of(errors.value(site, position)))
                .toArray();
    }

    private static double error(Errors errors, ErrorPart part, int position) {
        double sum = 0;
        for (Site site : errors.sites()) {
            double norm = norm(errors.at(part, site, position));
            sum += norm * norm;
        }
        return Math.sqrt(sum);
    }

    private static double[] mean(double[][] values, boolean[] read) {
        int[] places = IntStream.range(0, read.length).filter(i -> read[i]).toArray();
        double[] mean = new double[values[0].length];
        for (int place : places) {
            Arrays.setAll(mean, i -> mean[i] + values[place][i] / places.length);
        }
        return mean;
    }

    private static double[] minus(double[] left, double[] right) {
        double[] difference = new double[left.length];
        Arrays.setAll(difference, i -> left[i] - right[i]);
        return difference;
    }

    private static double norm(double[] vector) {
        return Math.sqrt(DoubleStream.of(vector).map(number -> number * number).sum());
    }

    private static List<Code> largest(Codes codes, int position, int most) {
        return codes.active(position, position).stream()
                .map(feature -> new Code(feature, codes.at(position, feature)))
                .sorted(Comparator.comparingDouble((Code one) -> -Math.abs(one.code)))
                .limit(most)
                .toList();
    }
}
