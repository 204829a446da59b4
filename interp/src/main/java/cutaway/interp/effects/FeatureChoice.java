package cutaway.interp.effects;

import cutaway.interp.basis.Basis;
import cutaway.interp.basis.Latent;
import cutaway.interp.prompts.Pair;
import cutaway.interp.prompts.PositionChoice;
import cutaway.interp.prompts.PositionChoice.Chosen;
import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Which features are asked about, as a [SiteChoice] names them:
///
///     feature               every feature of every dictionary that is active on a run of the pair
///     feature[0..99]        of those the ones with such numbers
///     feature[7]            feature 7 of every dictionary, active or not
///     feature[resid-12:7]   of one dictionary
///
/// @param dictionary empty for all
/// @param first number
/// @param last number, included
/// @param positions absent for all together
record FeatureChoice(String dictionary, int first, int last, Optional<PositionChoice> positions) {

    static final String NAME = "feature";

    private static final Pattern TEXT =
            Pattern.compile(NAME + "(?:\\[(?:(.+):)?(?:(\\*)|(\\d{1,9})(?:\\.\\.(\\d{1,9}))?)])?");

    /// Whether a choice is one of features.
    static boolean isOne(SiteChoice choice) {
        return choice.text().equals(NAME) || choice.text().startsWith(NAME + "[");
    }

    /// @throws BadInputException when its brackets hold something else
    static FeatureChoice of(SiteChoice choice) {
        Matcher named = TEXT.matcher(choice.text());
        if (!named.matches()) {
            throw new BadInputException("the features \"" + choice.text()
                    + "\" are not known; give feature, feature[7], feature[0..99], or with the name of a dictionary"
                    + " feature[resid-12:7].");
        }
        String dictionary = named.group(1) == null ? "" : named.group(1);
        if (named.group(3) == null) {
            return new FeatureChoice(dictionary, 0, Integer.MAX_VALUE, choice.positions());
        }
        int first = Integer.parseInt(named.group(3));
        int last = named.group(4) == null ? first : Integer.parseInt(named.group(4));
        if (first > last) {
            throw new BadInputException(
                    "the features %d..%d run backwards; give %d..%d.".formatted(first, last, last, first));
        }
        return new FeatureChoice(dictionary, first, last, choice.positions());
    }

    /// What is asked of a pair.
    ///
    /// @param orContrast whether features count that are active in the contrast's run alone
    List<Target> targets(Bases bases, Pair pair, SweepCodes codes, boolean orContrast) {
        List<Target> targets = new ArrayList<>();
        for (Basis basis : bases.named(dictionary)) {
            for (Chosen at : positions.orElse(PositionChoice.ALL).in(pair)) {
                if (first == last) {
                    targets.add(new Target(new Latent(basis, first), at));
                } else {
                    codes.active(basis, pair, at, orContrast).stream()
                            .filter(index -> first <= index && index <= last)
                            .forEach(index -> targets.add(new Target(new Latent(basis, index), at)));
                }
            }
        }
        return targets;
    }
}
