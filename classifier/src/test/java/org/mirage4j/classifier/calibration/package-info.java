@NullMarked
package org.mirage4j.classifier.calibration;

import org.jspecify.annotations.NullMarked;
