package cutaway.interp.planted;

import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.path.Receiver;
import cutaway.interp.site.Site;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Two prompts, and what is known of their difference. Each circuit is one chain, so that what is taken from the prompt
/// by patching (noising) is given to the contrast by patching the other way (denoising).
///
/// @param metric that tells them apart
/// @param margin the metric of the prompt, nats
/// @param change from the prompt to the contrast, nats
/// @param effects on the prompt, of patching one site at one position from the contrast
/// @param paths on the prompt, of patching from the contrast what a sender tells a receiver, at all positions; others
///     carry nothing
/// @param estimates what one gradient on the prompt says of a path, where that is not what the path carries
/// @param tokens by position: of the change from the contrast to the prompt, the part of the token that stands there
public record Question(
        String name,
        int[] prompt,
        int[] contrast,
        Metric.LogitDifference metric,
        double margin,
        double change,
        Effects effects,
        Map<Path, Double> paths,
        Map<Path, Double> estimates,
        Map<Integer, Double> tokens) {

    /// A sender and a receiver.
    record Path(Site sender, Receiver receiver) {}

    static Question of(
            String name, int[] prompt, int[] contrast, Metric.LogitDifference metric, double margin, double change) {
        return new Question(name, prompt, contrast, metric, margin, change, Effects.NONE, Map.of(), Map.of(), Map.of());
    }

    /// Also, patching these sites at a position has this effect.
    @SafeVarargs
    final Question patched(int pos, double effect, List<Site>... sites) {
        return with(effects.and(pos, effect, sites), paths, estimates, tokens);
    }

    /// Also, a sender tells a receiver this much.
    Question tells(Site sender, Receiver receiver, double effect) {
        return with(effects, more(paths, new Path(sender, receiver), effect), estimates, tokens);
    }

    /// Also, a sender tells a receiver this much, and one gradient says another number.
    Question tells(Site sender, Receiver receiver, double effect, double estimate) {
        Question told = tells(sender, receiver, effect);
        return with(effects, told.paths, more(estimates, new Path(sender, receiver), estimate), tokens);
    }

    /// Also, the token at a position has this part.
    Question owes(int pos, double part) {
        return with(effects, paths, estimates, more(tokens, pos, part));
    }

    private Question with(
            Effects effects, Map<Path, Double> paths, Map<Path, Double> estimates, Map<Integer, Double> tokens) {
        return new Question(name, prompt, contrast, metric, margin, change, effects, paths, estimates, tokens);
    }

    private static <K> Map<K, Double> more(Map<K, Double> some, K key, double value) {
        Map<K, Double> more = new LinkedHashMap<>(some);
        more.put(key, value);
        return more;
    }

    /// What a path carries.
    double told(Path path) {
        return paths.getOrDefault(path, 0.0);
    }

    /// What one gradient says of a path.
    double estimated(Path path) {
        return estimates.getOrDefault(path, told(path));
    }

    public Source base() {
        return Source.of(prompt, List.of());
    }

    public Source other() {
        return Source.of(contrast, List.of());
    }

    @Override
    public String toString() {
        return name;
    }
}
