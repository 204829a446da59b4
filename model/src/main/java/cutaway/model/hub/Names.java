package cutaway.model.hub;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The names that a user can type, and which of them was meant.
record Names(List<String> known) {

    String list() {
        return String.join(", ", known);
    }

    /// The name that is close enough to what was typed to be a slip.
    Optional<String> nearest(String typed) {
        return known.stream()
                .min(Comparator.comparingInt(candidate -> distance(typed, candidate)))
                .filter(candidate -> distance(typed, candidate) <= Math.max(1, typed.length() / 3));
    }

    /// Insertions, deletions and replacements that turn what was typed into the name, or into a beginning of it.
    private static int distance(String typed, String name) {
        String a = typed.toLowerCase(Locale.ROOT);
        int[] row = new int[name.length() + 1]; // [letters of the name]
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = diagonal + (a.charAt(i - 1) == name.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        int best = row[row.length - 1];
        for (int j = Math.min(4, row.length - 1); j < row.length; j++) {
            best = Math.min(best, row[j]);
        }
        return best;
    }
}
