package cutaway.interp.basis;

import cutaway.interp.site.Site;
import java.util.List;
import java.util.Map;

/// The error of a basis on a run: what stands at its output sites less what the codes say, and the two parts of it
/// where a linear map splits it. All is 0 on tokens of which no codes are read.
///
/// @param values what stands at each site, `[pos][d of the site]`
/// @param whole the error, the same
/// @param linear the linear part, the same; empty where no map splits it
/// @param read of each position, whether codes are read of it
public record Errors(
        Map<Site, double[][]> values, Map<Site, double[][]> whole, Map<Site, double[][]> linear, boolean[] read) {

    /// In the order of the basis' outputs.
    public List<Site> sites() {
        return List.copyOf(whole.keySet());
    }

    /// How many positions.
    public int length() {
        return read.length;
    }

    /// What stands at a site at a position, `[d of the site]`.
    public double[] value(Site site, int position) {
        return row(values, site, position);
    }

    /// A part at a position, `[d of the site]`; the nonlinear one is the error less the linear one.
    public double[] at(ErrorPart part, Site site, int position) {
        return switch (part) {
            case WHOLE -> row(whole, site, position);
            case LINEAR -> row(linear, site, position);
            case NONLINEAR -> {
                double[] error = row(whole, site, position);
                double[] foretold = row(linear, site, position);
                double[] rest = new double[error.length];
                for (int i = 0; i < rest.length; i++) {
                    rest[i] = error[i] - foretold[i];
                }
                yield rest;
            }
        };
    }

    private static double[] row(Map<Site, double[][]> of, Site site, int position) {
        double[][] rows = of.get(site);
        if (rows == null) {
            throw new IllegalArgumentException("no error was read at " + site.text());
        }
        return rows[position].clone();
    }

    /// A part at all positions of a site, one after another, `[pos, d of the site]`.
    public double[] all(ErrorPart part, Site site) {
        double[][] rows = new double[read.length][];
        int width = 0;
        for (int position = 0; position < rows.length; position++) {
            rows[position] = at(part, site, position);
            width = rows[position].length;
        }
        double[] all = new double[rows.length * width];
        for (int position = 0; position < rows.length; position++) {
            System.arraycopy(rows[position], 0, all, position * width, width);
        }
        return all;
    }
}
