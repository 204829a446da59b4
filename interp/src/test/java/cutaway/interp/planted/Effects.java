package cutaway.interp.planted;

import cutaway.interp.planted.Sites.Cell;
import cutaway.interp.site.Site;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What an edit of each site at each position does to a metric, in nats: 0 unless said.
///
/// @param at those that are said
record Effects(Map<Cell, Double> at) {

    static final Effects NONE = new Effects(Map.of());

    Effects {
        at = new LinkedHashMap<>(at);
    }

    /// With one effect at one position of several sites.
    @SafeVarargs
    final Effects and(int pos, double effect, List<Site>... sites) {
        Effects all = new Effects(at);
        for (List<Site> some : sites) {
            some.forEach(site -> all.at.put(new Cell(site, pos), effect));
        }
        return all;
    }

    double of(Cell cell) {
        return at.getOrDefault(cell, 0.0);
    }
}
