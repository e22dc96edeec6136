/**
 * Networks: the fluent description over Deeplearning4j's {@code ComputationGraphConfiguration} and
 * {@link org.mirage4j.core.network.Network}, through which every graph is run, differentiated and updated.
 */
@NullMarked
package org.mirage4j.core.network;

import org.jspecify.annotations.NullMarked;
