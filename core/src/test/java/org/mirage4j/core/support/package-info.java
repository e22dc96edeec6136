/** What tests of every module share: tolerances and numeric differentiation. */
@NullMarked
package org.mirage4j.core.support;

import org.jspecify.annotations.NullMarked;
