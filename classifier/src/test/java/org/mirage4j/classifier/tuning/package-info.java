@NullMarked
package org.mirage4j.classifier.tuning;

import org.jspecify.annotations.NullMarked;
