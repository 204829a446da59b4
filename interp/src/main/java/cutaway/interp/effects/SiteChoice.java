package cutaway.interp.effects;

import cutaway.interp.prompts.Pair;
import cutaway.interp.prompts.PositionChoice;
import cutaway.interp.site.Site;
import cutaway.interp.site.SiteNames;
import cutaway.model.Sizes;
import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Which sites are asked about, and at which positions:
///
///     resid_pre            every layer, at each position
///     head_z               every head, at all positions together
///     head_z@each          every head at each position
///     head_z[20..29.*]     the heads of layers 20 to 29
///     mlp_out[3]@S2+last   of layer 3, at the tokens of the role S2, and at the last position
///     blocks.*.hook_resid_pre    a TransformerLens name
///
/// @param text what was written before `@`
/// @param positions absent for the site's own: each one of the residual stream and of what is added to it, all
///     together of heads and neurons
public record SiteChoice(String text, Optional<PositionChoice> positions) {

    private static final String RANGE = "(\\*|\\d{1,6}|\\d{1,6}\\.\\.\\d{1,6})";
    /// A comma outside of brackets.
    private static final Pattern BETWEEN = Pattern.compile(",(?![^\\[\\]]*])");

    private static final Pattern FAMILY =
            Pattern.compile("(\\w+)(?:\\[" + RANGE + "(?:\\." + RANGE + ")?])?"); // head_z[3..5.*]

    /// Reads several choices, joined by commas.
    ///
    /// @throws BadInputException as [#parse]
    public static List<SiteChoice> parseAll(String text) {
        return Stream.of(BETWEEN.split(text, -1)).map(SiteChoice::parse).toList();
    }

    /// Reads a choice.
    ///
    /// @throws BadInputException when its positions are not known, or its brackets hold what they cannot; what it
    ///     names is looked for in a model
    public static SiteChoice parse(String text) {
        int at = text.indexOf('@');
        String site = (at < 0 ? text : text.substring(0, at)).strip();
        checkBrackets(site);
        return new SiteChoice(
                site, at < 0 ? Optional.empty() : Optional.of(PositionChoice.parse(text.substring(at + 1))));
    }

    private static void checkBrackets(String text) {
        int open = text.indexOf('[');
        int close = text.indexOf(']');
        String name = text.replaceFirst("(?s)[^\\w.*].*", "").replaceFirst("\\d+$", "");
        if ((open < 0) != (close < 0)) {
            throw new BadInputException("the site \"%s\" has no %s bracket; give %s[0], say."
                    .formatted(text, open < 0 ? "opening" : "closing", name));
        }
        if (open >= 0 && text.indexOf(',', open) >= 0) {
            throw new BadInputException("the site \"" + text + "\" has a comma in its brackets; give one site for each,"
                    + " joined by commas, or a range such as " + name + "[3..4].");
        }
        Optional<SiteFamily> family = SiteFamily.named(name);
        if (open < 0 || family.isEmpty()) {
            return;
        }
        Matcher named = FAMILY.matcher(text);
        if (!family.get().kind().inBlock()) {
            throw new BadInputException(
                    "%s is before all layers and has no numbers in brackets, as in \"%s\"; give %s, or %s@3 for a position."
                            .formatted(name, text, name, name));
        }
        if (!named.matches()) {
            throw new BadInputException("the numbers in \"%s\" are not known; give a layer%s."
                    .formatted(
                            text,
                            family.get().isWhole()
                                    ? ": %s[3], %s[20..29]".formatted(name, name)
                                    : ", or a layer and a part: %s[3], %s[20..29], %s[3.0]"
                                            .formatted(name, name, name)));
        }
        if (family.get().isWhole() && named.group(3) != null) {
            throw new BadInputException("%s is one whole in each layer, without parts as in \"%s\"; give %s[%s]."
                    .formatted(name, text, name, named.group(2)));
        }
    }

    /// The same sites, at these positions where it names none.
    SiteChoice at(PositionChoice others) {
        return positions.isPresent() ? this : new SiteChoice(text, Optional.of(others));
    }

    /// The sites in the order of the forward pass.
    ///
    /// @throws BadInputException when the model has none of them
    public List<Site> sites(Sizes sizes) {
        Matcher named = FAMILY.matcher(text);
        Optional<SiteFamily> family = named.matches() ? SiteFamily.named(named.group(1)) : Optional.empty();
        if (family.isEmpty()) {
            if (text.contains("hook_")) {
                return SiteNames.matching(text, sizes);
            }
            throw new BadInputException("no sites \"%s\"; known: %s, or a TransformerLens name such as %s."
                    .formatted(text, SiteFamily.names(), "blocks.*.hook_resid_pre"));
        }
        IntPredicate layers = range(named.group(2));
        IntPredicate parts = range(named.group(3));
        List<Site> found = new ArrayList<>();
        for (int layer = 0; layer < (family.get().kind().inBlock() ? sizes.layers() : 1); layer++) {
            int count = Math.max(1, family.get().parts(sizes));
            for (int part = 0; part < count && layers.test(layer); part++) {
                if (parts.test(part)) {
                    found.add(family.get().site(layer, part));
                }
            }
        }
        if (found.isEmpty()) {
            throw new BadInputException("this model has no sites \"%s\"; it has layers 0 to %d%s."
                    .formatted(
                            text,
                            sizes.layers() - 1,
                            family.get().parts(sizes) == 0
                                    ? ""
                                    : ", and 0 to " + (family.get().parts(sizes) - 1) + " in each"));
        }
        SiteNames.check(found.getFirst(), sizes);
        return found;
    }

    /// Whether a site is among those that are meant, of whatever model.
    public boolean names(Site site) {
        Matcher named = FAMILY.matcher(text);
        Optional<SiteFamily> family = named.matches() ? SiteFamily.named(named.group(1)) : Optional.empty();
        int part = site.onlyHead().orElse(site.onlyNeuron().orElse(0));
        return family.isPresent()
                ? family.get().kind() == site.point().kind()
                        && range(named.group(2)).test(site.point().layer())
                        && range(named.group(3)).test(part)
                : text.equals(site.text());
    }

    private static IntPredicate range(@Nullable String text) {
        if (text == null || text.equals("*")) {
            return number -> true;
        }
        int dots = text.indexOf("..");
        int first = Integer.parseInt(dots < 0 ? text : text.substring(0, dots));
        int last = dots < 0 ? first : Integer.parseInt(text.substring(dots + 2));
        if (first > last) {
            throw new BadInputException("the range %s runs backwards; give %d..%d.".formatted(text, last, first));
        }
        return number -> first <= number && number <= last;
    }

    /// What is asked of a pair.
    ///
    /// @throws BadInputException when the model has none of the sites, or the pair none of the positions
    List<Target> targets(Sizes sizes, Pair pair) {
        List<Target> targets = new ArrayList<>();
        for (Site site : sites(sizes)) {
            PositionChoice at =
                    positions.orElse(SiteFamily.isByPosition(site) ? PositionChoice.EACH : PositionChoice.ALL);
            at.in(pair).forEach(chosen -> targets.add(new Target(site, chosen)));
        }
        return targets;
    }
}
