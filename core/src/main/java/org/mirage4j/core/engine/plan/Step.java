package org.mirage4j.core.engine.plan;

/** One piece of work of a plan, ready to run. */
@FunctionalInterface
interface Step {
    void run();
}
