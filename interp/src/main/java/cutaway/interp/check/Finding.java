package cutaway.interp.check;

/// What one check found.
///
/// @param name of the check
/// @param subject what was checked: a site, where `*` stands for every layer, or a tensor of the golden file
/// @param worst the worst number met; what it measures, `note` says
/// @param at where it was met
/// @param bound how `worst` and `limit` must stand to each other
/// @param note what was compared and how, and what was left out for which reason
public record Finding(
        String name, String subject, double worst, String at, Bound bound, double limit, boolean passed, String note) {

    /// How a number and its limit must stand to each other.
    public enum Bound {
        AT_MOST("<="),
        MORE_THAN(">");

        private final String sign;

        Bound(String sign) {
            this.sign = sign;
        }

        public String sign() {
            return sign;
        }
    }

    static Finding atMost(String name, String subject, Gap gap, double limit, String note) {
        return new Finding(name, subject, gap.worst(), gap.at(), Bound.AT_MOST, limit, gap.worst() <= limit, note);
    }
}
