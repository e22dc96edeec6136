package org.mirage4j.benchmarks;

import java.util.List;

/**
 * How long a fork runs.
 *
 * @param warmups warm-up iterations
 * @param iterations measured iterations
 * @param seconds length of an iteration
 */
record Schedule(int warmups, int iterations, int seconds) {
    static final Schedule FULL = new Schedule(4, 5, 1);
    static final Schedule QUICK = new Schedule(2, 3, 1);

    List<String> arguments() {
        return List.of(
                "-wi", Integer.toString(warmups),
                "-w", Integer.toString(seconds),
                "-i", Integer.toString(iterations),
                "-r", Integer.toString(seconds));
    }
}
