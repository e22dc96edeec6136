package org.mirage4j.gan.watch;

/**
 * What the monitors of a run may do beside warning.
 *
 * @param stopAtEquilibrium whether to end training once the game is balanced
 * @param stopOnCollapse whether to end training once the collapse alarm is raised
 */
public record WatchOptions(boolean stopAtEquilibrium, boolean stopOnCollapse) {
    /** Warn, never stop. */
    public static final WatchOptions WARN = new WatchOptions(false, false);
}
