package org.mirage4j.benchmarks.peers;

/** How many threads a peer may use: what the suite has put into the environment. */
final class Threads {
    private Threads() {}

    static int allowed() {
        String count = System.getenv("OMP_NUM_THREADS");
        return count == null ? Runtime.getRuntime().availableProcessors() : Integer.parseInt(count);
    }
}
