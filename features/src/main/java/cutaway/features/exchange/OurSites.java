package cutaway.features.exchange;

import cutaway.interp.site.Site;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Several sites, which no hook name of SAELens can say: a list of names in our part of the metadata.
final class OurSites {

    private OurSites() {}

    /// @throws cutaway.tensor.BadInputException when it is no list of names of sites
    static List<Site> read(Settings own, String name) {
        JsonNode list = own.values().path(name);
        List<Site> sites = new ArrayList<>();
        for (JsonNode item : list) {
            if (!item.isString()) {
                throw own.wrong(name, "a list of names of sites");
            }
            sites.add(Site.parse(item.stringValue()));
        }
        if (!list.isArray()) {
            throw own.wrong(name, "a list of names of sites");
        }
        return sites;
    }
}
