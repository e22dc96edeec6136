/**
 * The compiled engine: a graph's layers become cached oneDNN primitives on buffers allocated once per
 * batch size, with the graph's own parameter, gradient and updater arrays used in place. Entered
 * through {@link org.mirage4j.core.engine.plan.PlanEngine} only.
 */
@NullMarked
package org.mirage4j.core.engine.plan;

import org.jspecify.annotations.NullMarked;
