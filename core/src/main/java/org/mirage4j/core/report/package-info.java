/**
 * Pictures and pages: grids of images, animations, line charts and the one self-contained HTML report.
 * Knows nothing of what is shown; needs no display and no network.
 */
@NullMarked
package org.mirage4j.core.report;

import org.jspecify.annotations.NullMarked;
