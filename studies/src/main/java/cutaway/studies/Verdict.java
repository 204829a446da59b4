package cutaway.studies;

import java.util.List;

/// What the bars say together.
public enum Verdict {
    /// Every bar is met.
    REPRODUCED("reproduced"),
    /// The instrument works; of the paper's claims some are met, or met as far as they were measured.
    PARTLY("partly"),
    /// The instrument works; no claim is met.
    NOT_REPRODUCED("not reproduced at this scale"),
    /// The instrument misses what was planted, or speaks of a null: nothing else counts.
    INSTRUMENT_FAILED("the instrument failed");

    private final String words;

    Verdict(String words) {
        this.words = words;
    }

    public String words() {
        return words;
    }

    static Verdict of(List<Bar> bars) {
        if (bars.stream().anyMatch(bar -> bar.kind() == Bar.Kind.INSTRUMENT && !bar.isMet())) {
            return INSTRUMENT_FAILED;
        }
        List<Bar> claims =
                bars.stream().filter(bar -> bar.kind() == Bar.Kind.CLAIM).toList();
        long met = claims.stream().filter(Bar::isMet).count();
        if (met == claims.size()) {
            return REPRODUCED;
        }
        return met == 0 ? NOT_REPRODUCED : PARTLY;
    }
}
