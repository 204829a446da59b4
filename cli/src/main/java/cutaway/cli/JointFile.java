package cutaway.cli;

import cutaway.interp.heads.JointCloud;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;

/// A joint map in a file: CSV or JSON with a row for each query and key, or SVG.
final class JointFile {

    private static final int SIDE = 720;

    private JointFile() {}

    /// A query or key.
    private record Point(String kind, int text, int pos, String token, double x, double y, double norm) {}

    /// @param hasHead whether the map is of one head
    /// @throws BadInputException when it cannot be written, or its name does not say how
    static void check(Path out, boolean hasHead) {
        if (!hasHead) {
            throw new BadInputException("--out writes the map of one head; give --head too, such as --head L3H0.");
        }
        if (!out.toString().matches(".*\\.(csv|json|svg)")) {
            throw new BadInputException("--out is \"" + out + "\"; give a file that ends in .csv, .json or .svg.");
        }
        OutFile.check(out);
    }

    static void write(Path out, Model model, List<int[]> texts, JointCloud cloud) {
        List<Point> points = points(model, texts, cloud);
        String name = out.toString();
        String written = name.endsWith(".csv")
                ? csv(points)
                : name.endsWith(".json") ? JsonMapper.shared().writeValueAsString(points) : svg(points);
        try {
            Files.writeString(out, written);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Point> points(Model model, List<int[]> texts, JointCloud cloud) {
        List<Point> points = new ArrayList<>();
        for (String kind : List.of("query", "key")) {
            for (int text = 0; text < texts.size(); text++) {
                int[] ids = texts.get(text);
                for (int pos = 0; pos < ids.length; pos++) {
                    int at = points.size();
                    points.add(new Point(
                            kind,
                            text,
                            pos,
                            model.tokenizer().token(ids[pos]),
                            cloud.places()[at][0],
                            cloud.places()[at][1],
                            cloud.norms()[at]));
                }
            }
        }
        return points;
    }

    private static String csv(List<Point> points) {
        StringBuilder csv = new StringBuilder("kind,text,pos,token,x,y,norm\n");
        for (Point point : points) {
            csv.append(String.format(
                    Locale.ROOT,
                    "%s,%d,%d,\"%s\",%.5g,%.5g,%.5g%n",
                    point.kind,
                    point.text,
                    point.pos,
                    point.token.replace("\"", "\"\""),
                    point.x,
                    point.y,
                    point.norm));
        }
        return csv.toString();
    }

    private static String svg(List<Point> points) {
        double left = points.stream().mapToDouble(Point::x).min().orElse(0);
        double right = points.stream().mapToDouble(Point::x).max().orElse(1);
        double low = points.stream().mapToDouble(Point::y).min().orElse(0);
        double high = points.stream().mapToDouble(Point::y).max().orElse(1);
        double scale = (SIDE - 20) / Math.max(1e-30, Math.max(right - left, high - low));
        StringBuilder svg = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" stroke=\"black\""
                        + " stroke-width=\"0.5\">%n",
                SIDE,
                SIDE));
        for (Point point : points) {
            double x = 10 + (point.x - left) * scale;
            double y = 10 + (high - point.y) * scale;
            boolean isQuery = point.kind.equals("query");
            svg.append(String.format(
                    Locale.ROOT,
                    isQuery
                            ? "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2\" fill=\"none\">"
                            : "<rect x=\"%.1f\" y=\"%.1f\" width=\"3\" height=\"3\">",
                    isQuery ? x : x - 1.5,
                    isQuery ? y : y - 1.5));
            svg.append("<title>").append(escaped(point)).append(isQuery ? "</title></circle>\n" : "</title></rect>\n");
        }
        return svg.append("</svg>\n").toString();
    }

    private static String escaped(Point point) {
        String said = point.kind + " " + point.text + "." + point.pos + " " + point.token;
        return said.replaceAll("[\\p{Cntrl}]", " ")
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;");
    }
}
