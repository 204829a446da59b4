package cutaway.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class StoreBenchTest {

    /// Two sites of two numbers. The third token's second site, of norm 2, is off by 0.02; all else is as it is.
    @Test
    void aHarvestsGapIsTheWorstSiteOfTheNearestToken() {
        try (Scope _ = Scope.open()) {
            Tensor reference = vectors(3, 4, 1, 0, 6, 8, 5, 5, 0, 500, 0, 2);
            assertEquals(0, HarvestBench.gap(vectors(6, 8, 5, 5, 3, 4, 1, 0), reference, 2));
            assertEquals(0.01, HarvestBench.gap(vectors(0, 500, 0.02f, 2, 6, 8, 5, 5, 3, 4, 1, 0), reference, 2), 1e-6);
            assertEquals(0.5, HarvestBench.gap(vectors(6, 8, 5, 5, 3, 4, 1, 0.5f), reference, 2), 1e-6);
        }
    }

    /// A store that gives a token again and again has right vectors, and is not shuffled text.
    @Test
    void vectorsOfOneTokenAreNoHarvest() {
        try (Scope _ = Scope.open()) {
            Tensor reference = vectors(3, 4, 1, 0, 6, 8, 5, 5, 0, 500, 0, 2);
            assertEquals(Double.POSITIVE_INFINITY, HarvestBench.gap(vectors(3, 4, 1, 0, 3, 4, 1, 0), reference, 2));
        }
    }

    /// One maximum of four is another; one of 100 firings is missing.
    @Test
    void aPagesGapCountsFeaturesAndFirings() {
        JsonNode ours = json("{'fired': [40, 50, 10, 0], 'max': [2, 3, 4, 0]}");
        assertEquals(0, PagesBench.gap(ours, ours));
        assertEquals(0.25, PagesBench.gap(ours, json("{'fired': [40, 50, 10, 0], 'max': [2.0001, 3, 4.1, 0]}")));
        assertEquals(0.01, PagesBench.gap(ours, json("{'fired': [40, 49, 10, 0], 'max': [2, 3, 4, 0]}")));
        assertEquals(Double.POSITIVE_INFINITY, PagesBench.gap(ours, json("{'fired': [40], 'max': [2]}")));
        assertEquals(
                Double.POSITIVE_INFINITY,
                PagesBench.gap(json("{'fired': [0], 'max': [0]}"), json("{'fired': [0], 'max': [0]}")),
                "nothing was compared");
    }

    @Test
    void aTimeCountsOnlyWhereValuesAgree() {
        StoreRow agreed = row(1e-5);
        StoreRow apart = row(0.1);
        assertTrue(agreed.isReached());
        assertFalse(apart.isReached());
        assertTrue(DictionaryTable.lines(List.of(), List.of(agreed)).getFirst().contains("6.00 x (wanted 5.0)"));
        String line = DictionaryTable.lines(List.of(), List.of(apart)).getFirst();
        assertTrue(line.contains("MISSED") && line.contains("VALUES DIFFER by 0.1"), line);
        String page = DictionaryTable.page(List.of(), List.of(agreed, apart), "1", "a machine", "today");
        assertTrue(
                page.contains("| pages | some | rival, its way | 2.0 | 12.0 | **6.00** | 5.0 | 500 | 83 | 1e-05 |"),
                page);
        assertTrue(page.contains("| 5.0, missed |"), page);
    }

    private static StoreRow row(double gap) {
        return new StoreRow("pages", "some", "rival", 5, 1000, 2, 12, "its way", gap, 1e-3);
    }

    private static Tensor vectors(float... values) {
        return Tensor.of(values, values.length / 4, 4);
    }

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text.replace('\'', '"'));
    }
}
