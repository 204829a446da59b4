package cutaway.interp.codes;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// Groups by average linkage: the two groups whose members are most alike on average become one, for as long as they
/// are alike enough. Found by chains of nearest neighbours (Murtagh 1983, The Computer Journal 26:354), in the time
/// that it takes to read all pairs a few times.
final class Linkage {

    private Linkage() {}

    /// Two groups that become one.
    private record Merge(int first, int second, double likeness) {}

    /// @param likeness of all pairs, symmetric
    /// @param least likeness at which groups become one
    /// @return the groups, each rising, by their first members; those that stay alone too
    static List<List<Integer>> groups(double[][] likeness, double least) {
        int count = likeness.length;
        int[] group = IntStream.range(0, count).toArray();
        for (Merge merge : merges(likeness)) {
            if (merge.likeness >= least) {
                int from = group[merge.second];
                int to = group[merge.first];
                for (int i = 0; i < count; i++) {
                    group[i] = group[i] == from ? to : group[i];
                }
            }
        }
        return IntStream.of(group)
                .distinct()
                .mapToObj(one -> IntStream.range(0, count)
                        .filter(i -> group[i] == one)
                        .boxed()
                        .toList())
                .toList();
    }

    /// All of them, so that what becomes one group, at whatever likeness, stands side by side: the leaves of
    /// the tree of merges, the larger branch first.
    ///
    /// @param likeness of all pairs, symmetric
    static List<Integer> order(double[][] likeness) {
        List<List<Integer>> branches = new ArrayList<>();
        int[] branch = IntStream.range(0, likeness.length).toArray();
        IntStream.of(branch).forEach(one -> branches.add(List.of(one)));
        for (Merge merge : merges(likeness)) {
            int first = branch[merge.first];
            int second = branch[merge.second];
            boolean isFirstLarger =
                    branches.get(first).size() >= branches.get(second).size();
            List<Integer> joined = new ArrayList<>(branches.get(isFirstLarger ? first : second));
            joined.addAll(branches.get(isFirstLarger ? second : first));
            joined.forEach(leaf -> branch[leaf] = branches.size());
            branches.add(joined);
        }
        return List.copyOf(branches.getLast());
    }

    /// All merges down to one group; a group goes by one of its members.
    private static List<Merge> merges(double[][] likeness) {
        int count = likeness.length;
        double[][] between = new double[count][];
        for (int i = 0; i < count; i++) {
            between[i] = likeness[i].clone();
        }
        int[] size = IntStream.generate(() -> 1).limit(count).toArray();
        List<Merge> merges = new ArrayList<>();
        List<Integer> chain = new ArrayList<>();
        while (merges.size() < count - 1) {
            if (chain.isEmpty()) {
                chain.add(IntStream.range(0, count)
                        .filter(i -> size[i] > 0)
                        .findFirst()
                        .orElseThrow());
            }
            int last = chain.getLast();
            int before = chain.size() > 1 ? chain.get(chain.size() - 2) : -1;
            int nearest = nearest(between[last], size, last, before);
            if (nearest != before) {
                chain.add(nearest);
                continue;
            }
            merges.add(new Merge(Math.min(last, before), Math.max(last, before), between[last][before]));
            chain.removeLast();
            chain.removeLast();
            merge(between, size, Math.min(last, before), Math.max(last, before));
        }
        merges.sort(Collections.reverseOrder(Comparator.comparingDouble(Merge::likeness)));
        return merges;
    }

    /// Of those alike as much, the one that came before in the chain, so that the chain ends.
    private static int nearest(double[] likeness, int[] size, int self, int before) {
        int best = before;
        for (int i = 0; i < likeness.length; i++) {
            if (size[i] > 0 && i != self && (best < 0 || likeness[i] > likeness[best])) {
                best = i;
            }
        }
        return best;
    }

    private static void merge(double[][] between, int[] size, int kept, int gone) {
        for (int i = 0; i < between.length; i++) {
            double mean = (size[kept] * between[kept][i] + size[gone] * between[gone][i]) / (size[kept] + size[gone]);
            between[kept][i] = mean;
            between[i][kept] = mean;
        }
        size[kept] += size[gone];
        size[gone] = 0;
    }
}
