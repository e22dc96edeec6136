@NullMarked
package org.mirage4j.classifier;

import org.jspecify.annotations.NullMarked;
