package org.mirage4j.classifier.tuning;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.mirage4j.core.MirageException;
import org.mirage4j.core.random.RandomStreams;

/** Parts examples so that every part has every class in proportion. */
public final class StratifiedFolds {
    private static final int SHOWN = 5;

    private StratifiedFolds() {}

    /**
     * Deals the examples of each class in random order to the folds in turn.
     *
     * @param labels the class of each example, from 0
     * @param folds number of folds, at least 2 and at most the number of examples
     * @param seed decides the order
     * @return the examples of each fold, ascending; sizes differ by at most 1, also within each class
     */
    public static List<int[]> of(int[] labels, int folds, long seed) {
        if (folds < 2 || folds > labels.length) {
            throw new MirageException("the number of folds must be in [2, " + labels.length
                    + "] (the number of examples), but is " + folds);
        }
        List<List<Integer>> parts = new ArrayList<>();
        for (int fold = 0; fold < folds; fold++) {
            parts.add(new ArrayList<>());
        }
        SplittableRandom random = new RandomStreams(seed).generator("folds", 0);
        int next = 0;
        int classes = Arrays.stream(labels).max().orElse(0) + 1;
        for (int label = 0; label < classes; label++) {
            int current = label;
            int[] members = IntStream.range(0, labels.length)
                    .filter(i -> labels[i] == current)
                    .toArray();
            for (int i = members.length - 1; i >= 0; i--) {
                int j = random.nextInt(i + 1);
                int drawn = members[j];
                members[j] = members[i];
                parts.get(next++ % folds).add(drawn);
            }
        }
        return parts.stream()
                .map(part -> part.stream().mapToInt(Integer::intValue).sorted().toArray())
                .toList();
    }

    /**
     * Refuses classes too small for what is done with them.
     *
     * @param labels the class of each example, from 0
     * @param least how many examples a class must have
     * @param names what classes are called
     * @param purpose what they are for, as in "must be parted into ..."
     * @throws MirageException if a class has some examples, but fewer
     */
    public static void requireMembers(int[] labels, int least, IntFunction<String> names, String purpose) {
        Map<Integer, Long> counts = IntStream.of(labels)
                .boxed()
                .collect(Collectors.groupingBy(label -> label, TreeMap::new, Collectors.counting()));
        List<String> small = counts.entrySet().stream()
                .filter(count -> count.getValue() < least)
                .map(count -> names.apply(count.getKey()) + " has " + count.getValue())
                .toList();
        if (!small.isEmpty()) {
            throw new MirageException("every class must have at least " + least + " examples to be dealt to " + purpose
                    + ", but " + String.join(", ", small.subList(0, Math.min(SHOWN, small.size())))
                    + (small.size() > SHOWN ? " and " + (small.size() - SHOWN) + " classes more have too few" : "")
                    + "; leave their examples out or put classes together");
        }
    }

    /** All examples that are not in a fold, ascending. */
    static int[] rest(int[] fold, int examples) {
        return IntStream.range(0, examples)
                .filter(i -> Arrays.binarySearch(fold, i) < 0)
                .toArray();
    }
}
