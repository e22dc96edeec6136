@NullMarked
package org.mirage4j.core.engine.plan;

import org.jspecify.annotations.NullMarked;
