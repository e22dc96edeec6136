package org.mirage4j.core.memory;

/**
 * Whether a thing that can be closed still is open. Calls that come too late are a mistake in the program, so they get
 * an {@link IllegalStateException} that says so. Safe for concurrent use.
 */
public final class Openness {
    private final String thing;
    private volatile boolean closed;

    /**
     * Something open.
     *
     * @param thing what to call it in a message, such as "the sampler"
     */
    public Openness(String thing) {
        this.thing = thing;
    }

    /**
     * Lets a call pass.
     *
     * @throws IllegalStateException if the thing is closed
     */
    public void require() {
        if (closed) {
            throw new IllegalStateException(thing + " is closed");
        }
    }

    /**
     * Whether the thing is closed.
     *
     * @return true once {@link #end} was called
     */
    public boolean isClosed() {
        return closed;
    }

    /**
     * Notes that the thing is closed.
     *
     * @return false if it was already, so that there is nothing left to free
     */
    public synchronized boolean end() {
        boolean was = closed;
        closed = true;
        return !was;
    }
}
