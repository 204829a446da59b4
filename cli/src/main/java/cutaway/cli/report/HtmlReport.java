package cutaway.cli.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/// A record as one page that needs nothing from a network: the page that the module `web` builds, which draws the
/// record that is written into it.
public final class HtmlReport {

    private static final String PLACE = "<script id=\"record\" type=\"application/json\">";

    private HtmlReport() {}

    /// The page of an explanation.
    ///
    /// @param json the record, without the circuit's edits
    public static String page(String json) {
        return with(json, "/cutaway/web/report.html");
    }

    /// The page of a sweep.
    ///
    /// @param json a [SweepRecord]
    public static String sweep(String json) {
        return with(json, "/cutaway/web/sweep.html");
    }

    /// The page of a dictionary's training.
    ///
    /// @param json a [TrainingRecord]
    public static String training(String json) {
        return with(json, "/cutaway/web/training.html");
    }

    /// The page of a study.
    ///
    /// @param json a [cutaway.studies.StudyResult]
    public static String study(String json) {
        return with(json, "/cutaway/web/study.html");
    }

    /// The page of a model of the lab.
    ///
    /// @param json a [LabRecord]
    public static String lab(String json) {
        return with(json, "/cutaway/web/lab.html");
    }

    /// The page of a layer's sign codes.
    ///
    /// @param json a [CodesRecord]
    public static String codes(String json) {
        return with(json, "/cutaway/web/codes.html");
    }

    private static String with(String json, String name) {
        String page = read(name);
        int place = page.indexOf(PLACE) + PLACE.length();
        if (place < PLACE.length() || page.indexOf(PLACE, place) >= 0) {
            throw new IllegalStateException(name + " has no one place for a record");
        }
        int end = page.indexOf("</script>", place);
        return page.substring(0, place) + inScript(json) + page.substring(end);
    }

    /// JSON in which nothing ends the script that it stands in.
    private static String inScript(String json) {
        return json.replace("<", "\\u003c");
    }

    private static String read(String name) {
        try (InputStream in = HtmlReport.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is not on the class path; build the module web");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
