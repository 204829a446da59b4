package cutaway.cli;

import cutaway.lab.Recipe;
import cutaway.lab.descent.Descent;
import cutaway.lab.head.Head;
import cutaway.lab.net.Autoencoder;
import cutaway.lab.net.ConvolutionNet;
import cutaway.lab.net.Mlp;
import cutaway.lab.net.Net;
import cutaway.lab.net.TransformerNet;
import cutaway.lab.net.VisionTransformer;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// Parts of a recipe in words.
final class LabWords {

    private LabWords() {}

    static String of(Net net) {
        return switch (net) {
            case Mlp mlp ->
                "mlp, hidden " + widths(mlp.hidden()) + " " + of(mlp.activation())
                        + (mlp.embedding() == 0 ? "" : ", embedding " + mlp.embedding())
                        + (mlp.tied() ? ", tied" : "");
            case ConvolutionNet convolution ->
                "convolution, channels " + widths(convolution.channels()) + " " + of(convolution.activation())
                        + ", filters of " + convolution.kernel() + ", "
                        + (convolution.largest() ? "largest" : "mean") + " of " + convolution.pool();
            case Autoencoder autoencoder ->
                "autoencoder, hidden " + widths(autoencoder.hidden()) + " " + of(autoencoder.activation()) + ", output "
                        + of(autoencoder.output()) + (autoencoder.tied() ? ", tied" : "");
            case TransformerNet transformer ->
                "transformer, " + transformer.layers() + " x (" + transformer.heads() + " heads of "
                        + transformer.dHead()
                        + (transformer.dMlp() == 0
                                ? ", no MLP"
                                : ", " + transformer.dMlp() + " " + of(transformer.activation()))
                        + "), width " + transformer.dModel() + ", norm " + of(transformer.norm()) + ", positions "
                        + of(transformer.positions()) + (transformer.tied() ? ", tied" : "");
            case VisionTransformer vision ->
                "vision transformer, patches of " + vision.patch() + ", " + vision.layers() + " x (" + vision.heads()
                        + " heads, " + vision.dMlp() + " gelu), width " + vision.dModel();
        };
    }

    private static String widths(List<Integer> widths) {
        return widths.isEmpty() ? "none" : widths.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    private static String of(Enum<?> choice) {
        return choice.name().toLowerCase(Locale.ROOT);
    }

    /// With the loss.
    static String head(Recipe recipe) {
        String head = switch (recipe.head()) {
            case Head.Linear _ -> recipe.net().hasOwnOutput() ? "" : "linear, ";
            case Head.Harmonic(double n, double _) -> "harmonic " + plain(n) + ", ";
            case Head.Spherical _ -> "spherical, ";
        };
        return head + recipe.loss().text();
    }

    static String of(Descent descent) {
        return switch (descent) {
            case Descent.AdamW adamw -> "adamw" + decay(adamw.weightDecay());
            case Descent.Sgd sgd ->
                "sgd, momentum " + plain(sgd.momentum()) + (sgd.nesterov() ? " (nesterov)" : "")
                        + decay(sgd.weightDecay());
            case Descent.Sign sign -> "sign, momentum " + plain(sign.momentum()) + decay(sign.weightDecay());
            case Descent.Muon muon -> "muon, momentum " + plain(muon.momentum()) + decay(muon.weightDecay());
        };
    }

    private static String decay(double weightDecay) {
        return weightDecay == 0 ? "" : ", weight decay " + plain(weightDecay);
    }

    /// Without a zero after the point.
    static String plain(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e9
                ? Long.toString((long) value)
                : Double.toString(value);
    }

    static String batch(Recipe recipe) {
        return recipe.batch() == 0 ? "all examples" : String.format(Locale.ROOT, "%,d examples", recipe.batch());
    }
}
