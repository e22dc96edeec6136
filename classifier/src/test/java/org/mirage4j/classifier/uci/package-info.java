@NullMarked
package org.mirage4j.classifier.uci;

import org.jspecify.annotations.NullMarked;
